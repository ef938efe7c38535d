"""Puts rules to a plan: who is asked what, and what their answers come to.

The same function serves every door; what differs is which values are known when it is called.
"""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from planning.plan import StackPlan
from planning.values import Value
from policies.answers import Answer, Malformed, NotKnown, Outcomes, Problem
from policies.report import Finding, Report
from policies.rule import ResourceRule, Rule, StackRule, TerritoryRule
from policies.subjects import Operation, Platform, Resource, Stack
from territory.model import Territory

Door = Literal["plan", "preview", "program", "crossguard", "deployed"]


class NothingJudged(Exception):  # noqa: N818 - says what it is
    """No rule ran, or there was nothing to judge: an error, never a pass."""


@dataclass(frozen=True)
class Judged:
    """One rule's answer on one subject."""

    rule: Rule
    subject: str
    answer: Answer
    findings: tuple[Finding, ...] = ()
    """Empty for a pass."""


def views(
    stacks: Iterable[StackPlan],
    *,
    operations: Mapping[str, Operation] | None = None,
    inputs: Mapping[str, Mapping[str, Value]] | None = None,
) -> tuple[Stack, ...]:
    """Stacks as rules see them; `inputs` by URN are values a later door knows in the place of the plan's."""
    return tuple(Stack(plan, operations, inputs) for plan in stacks)


def judge(
    rules: Sequence[Rule], stacks: Sequence[Stack], *, territory: Territory | None = None, door: Door = "plan"
) -> Report:
    """Ask every rule of every subject it is about. Without a territory, rules of that scope are not asked.

    Raises `NothingJudged` when there is no rule or no resource.
    """
    asked = [rule for rule in rules if territory is not None or not isinstance(rule, TerritoryRule)]
    resources = sum(resource.planned.custom for stack in stacks for resource in stack.resources)
    if not asked:
        raise NothingJudged("no rule was asked")
    if not resources:
        raise NothingJudged("there is no resource to judge")
    answers = list(answers_of(asked, stacks, territory))
    return report_of(answers, rules=len(asked), resources=resources, door=door)


def report_of(answers: Sequence[Judged], *, rules: int, resources: int, door: Door) -> Report:
    """What answers come to; findings in the order people should read them."""
    findings = [finding for judged in answers for finding in judged.findings]
    return Report(
        door=door,
        rules=rules,
        resources=resources,
        pairs=len(answers),
        passed=sum(judged.answer is Answer.PASS for judged in answers),
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
    )


def answers_of(rules: Sequence[Rule], stacks: Sequence[Stack], territory: Territory | None) -> Iterable[Judged]:
    """Each rule's answers, one subject at a time."""
    by_type: defaultdict[str, list[ResourceRule | StackRule]] = defaultdict(list)
    for rule in rules:
        if isinstance(rule, ResourceRule | StackRule):
            for type_ in rule.types:
                by_type[type_].append(rule)
    for stack in stacks:
        for resource in stack.resources:
            if not resource.planned.external:
                for rule in by_type.get(resource.type, ()):
                    yield ask(rule, resource)
    if territory is not None:
        platform = Platform(territory, tuple(stacks))
        for rule in rules:
            if isinstance(rule, TerritoryRule):
                yield _answer(rule, f"territory {territory.name}", None, lambda rule=rule: rule.check(platform))


def ask(rule: ResourceRule | StackRule, resource: Resource) -> Judged:
    """One rule's answer on one resource."""
    if isinstance(rule, StackRule):
        return _answer(rule, resource.urn, resource, lambda: rule.check(resource, resource.stack))
    return _answer(rule, resource.urn, resource, lambda: rule.check(resource))


def _answer(rule: Rule, subject: str, resource: Resource | None, check: Callable[[], Outcomes]) -> Judged:
    problems: list[Problem] = []
    unknown: list[NotKnown] = []
    crashed = False
    try:
        for outcome in check():
            (unknown if isinstance(outcome, NotKnown) else problems).append(outcome)  # pyright: ignore[reportArgumentType]
    except NotKnown as raised:
        unknown.append(raised)
    except Malformed as malformed:
        problems.append(Problem(malformed.message, malformed.path))
    except Exception as error:  # a rule that crashes blocks and names itself
        crashed = True
        where = traceback.extract_tb(error.__traceback__)[-1]
        problems = [Problem(f"the rule itself failed: {type(error).__name__} at {where.filename}:{where.lineno}")]
    if problems:
        findings = [_finding(rule, subject, resource, problem, crashed) for problem in problems]
        return Judged(rule, subject, Answer.FAIL, tuple(findings))
    if unknown:
        return Judged(rule, subject, Answer.UNDETERMINED, (_undetermined(rule, subject, resource, unknown),))
    return Judged(rule, subject, Answer.PASS)


def _finding(rule: Rule, subject: str, resource: Resource | None, problem: Problem, crashed: bool) -> Finding:
    file, line = _where(resource) if problem.file is None else (problem.file, problem.line)
    return Finding(
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        answer=Answer.FAIL,
        subject=problem.subject or subject,
        stack=resource.stack.name if resource else None,
        message=problem.message,
        path=problem.path,
        file=file,
        line=line,
        remediation=rule.remediation,
        crashed=crashed,
    )


def _undetermined(rule: Rule, subject: str, resource: Resource | None, unknown: Sequence[NotKnown]) -> Finding:
    file, line = _where(resource)
    paths = sorted({each.path for each in unknown})
    return Finding(
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        answer=Answer.UNDETERMINED,
        subject=subject,
        stack=resource.stack.name if resource else None,
        message="; ".join(sorted({str(each) for each in unknown})),
        path=paths[0] if len(paths) == 1 else "",
        file=file,
        line=line,
        remediation=rule.remediation,
        after_apply=rule.after_apply,
    )


def _where(resource: Resource | None) -> tuple[str | None, int | None]:
    if resource is None or resource.source is None:
        return None, None
    return resource.source.file, resource.source.line
