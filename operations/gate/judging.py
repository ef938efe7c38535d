"""One way to a report for everybody who needs one: every rule over a plan, our waivers applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from operations.errors import AnswerNo
from planning.plan import Plan, StackPlan
from policies.catalogue import all_rules
from policies.judge import Door, Judged, NothingJudged, judge, report_of, views
from policies.report import CheckovCounts, Finding, Report
from policies.subjects import Operation
from policies.waiver_file import load_waivers
from policies.waivers import apply_waivers
from territory.model import Territory

Scanned = tuple[tuple[Finding, ...], CheckovCounts]
"""What Checkov found, and of how much."""


def judge_plan(plan: Plan, territory: Territory, *, door: Door = "plan") -> Report:
    """Judge all stacks of a territory; `AnswerNo` when there is nothing to judge, which is never a pass."""
    return judge_stacks(plan.stacks, {}, territory, door=door)


def judge_stacks(
    stacks: Sequence[StackPlan],
    operations: Mapping[str, Operation],
    territory: Territory | None,
    *,
    door: Door,
    checkov: Scanned | None = None,
) -> Report:
    """Judge stacks whose operations are known by URN; without a territory, whole-territory rules are not asked.

    What Checkov found of them goes into the same report, under the same waivers.
    """
    try:
        report = judge(all_rules(), views(stacks, operations=operations), territory=territory, door=door)
    except NothingJudged as nothing:
        raise AnswerNo(f"nothing was judged: {nothing}", "see whether the plan is that of the right stacks") from None
    if checkov is not None:
        findings, counts = checkov
        report = report.model_copy(update={"findings": (*report.findings, *findings), "checkov": counts})
    # Stacks of somebody else's, or some of ours, meet only some of our waivers: that makes the others no less used.
    return apply_waivers(report, load_waivers(), datetime.now(UTC).date(), whole=territory is not None)


def report_on(answers: Sequence[Judged], *, door: Door) -> Report:
    """What single answers come to that a later door asked for: none is a pass, for the plan was judged before."""
    rules = {judged.rule.id for judged in answers}
    subjects = {judged.subject for judged in answers}
    report = report_of(answers, rules=len(rules), resources=len(subjects), door=door)
    return apply_waivers(report, load_waivers(), datetime.now(UTC).date(), whole=False) if answers else report
