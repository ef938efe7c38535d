"""`metro review` behind its verb: plan both revisions, compare, judge, and write what was asked for."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from operations.console import Console
from operations.errors import AnswerNo, InputError
from operations.formats import asked_formats, write_document
from operations.gate.environments import GateEnvironment
from operations.paths import CHECKOUT
from operations.review import markdown, page, sarif
from operations.review.changes import changes_between, counts
from operations.review.child import Outcome
from operations.review.digests import plan_digest
from operations.review.guardrails import guardrail_findings
from operations.review.inert import plain
from operations.review.placements import placement_moves
from operations.review.planned import PROGRAM, RULES, Planner, Timed
from operations.review.reach import Reaches
from operations.review.repository import Repository, Revision
from operations.review.review import Review, gate_view, sentence, verdict_of
from operations.tiers import Tier, announcement
from planning.difference import difference
from planning.plan import Plan
from policies.report import Verdict
from territory.errors import TerritoryError
from territory.loader import load_territory
from territory.model import Territory

FORMATS: Mapping[str, Callable[[Review, Territory | None], str]] = {
    "md": lambda review, _: markdown.render(review),
    "html": page.render,
    "sarif": lambda review, _: sarif.render(review),
    "json": lambda review, _: review.model_dump_json(indent=1, exclude_none=True) + "\n",
}


def run_review(
    base: str,
    head: str | None,
    territory: str,
    environment: GateEnvironment | None,
    formats: str,
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Review a head (the working tree when None) against a base; `AnswerNo` when the answer is no."""
    console = Console(as_json=as_json)
    asked = asked_formats(formats, FORMATS)
    if output is None and len(asked) > 1:
        raise InputError(f"{len(asked)} formats cannot share one output", "add --output DIR, or ask for one format")
    console.say(announcement(Tier.PLAN))
    with tempfile.TemporaryDirectory(prefix="metropole-review-") as scratch:
        review, model = make_review(base, head, territory, environment, Path(scratch), console)
    begun = time.monotonic()
    files: dict[str, str] = {}
    for name in asked:
        text = FORMATS[name](review, model)
        if output is None:
            if not as_json:
                sys.stdout.write(text)
        else:
            files[name] = str(write_document(output, f"review.{name}", text))
    seconds = {**review.seconds, "writing": round(time.monotonic() - begun, 3)}
    parts = ", ".join(f"{part} {spent:.1f}" for part, spent in seconds.items())
    console.say(f"{sum(seconds.values()):.1f} s: {parts}")
    console.say(f"plan digest {review.digest}")
    result: dict[str, Any] = review.model_dump(mode="json", exclude_none=True)
    console.result({"tier": str(Tier.PLAN), **result, "seconds": seconds, "files": files})
    if review.verdict is Verdict.FAIL:
        raise AnswerNo(plain(review.summary), "see the review for what fails and how to mend it")
    console.say(plain(review.summary))


def make_review(
    base_name: str,
    head_name: str | None,
    territory: str,
    environment: GateEnvironment | None,
    scratch: Path,
    console: Console,
) -> tuple[Review, Territory | None]:
    """The review, and the head's territory where this tool can read it."""
    begun = time.monotonic()
    spent: dict[str, float] = {}

    def lap(part: str) -> None:
        nonlocal begun
        now = time.monotonic()
        spent[part] = round(now - begun, 3)
        begun = now

    repository = Repository(CHECKOUT, scratch)
    tool = repository.working_tree(CHECKOUT, "this checkout")
    base = repository.resolve(base_name)
    head = repository.resolve(head_name) if head_name else Revision(tool.tree, tool.commit, "working tree")
    planner = Planner(repository, tool, scratch)
    lap("reading git")
    rules, by_base = _judged_base(planner, repository, tool, base, territory, environment, console)
    lap("base" + (" (remembered)" if by_base.remembered else ""))
    before = by_base.outcome
    kind = environment or before.environment
    after = _planned(planner, head, rules, territory, kind, console)
    lap("head" + (" (remembered)" if after.remembered else ""))
    by_head: Outcome | None = None
    if repository.subtree(head, RULES) != repository.subtree(rules, RULES):
        with console.step("Asking the head's own rules"):
            by_head = planner.outcome(head, head, territory, kind, plan=after.outcome).outcome
        lap("head's own rules")
    if after.outcome.plan is None or after.outcome.report is None:
        raise AnswerNo(f"neither {base.asked} nor {head.asked} has a territory {territory}")
    old, new = (_territory(repository, revision, territory, scratch) for revision in (base, head))
    review = _review(
        repository, base, head, rules, tool, before, after.outcome, by_head, old, new, territory
    )  # fmt: skip
    lap("comparing")
    return review.model_copy(update={"seconds": spent}), new


def _judged_base(
    planner: Planner,
    repository: Repository,
    tool: Revision,
    base: Revision,
    territory: str,
    environment: GateEnvironment | None,
    console: Console,
) -> tuple[Revision, Timed]:
    """The base's outcome, and the revision whose rules judge: the base's own, unless they do not fit this tool."""
    with console.step(f"Planning {plain(base.asked)}"):
        timed = planner.outcome(base, base, territory, environment)
        if timed.outcome.error is None:
            return base, timed
        if repository.subtree(base, RULES) != repository.subtree(tool, RULES):
            again = planner.outcome(base, tool, territory, environment)
            if again.outcome.error is None:
                console.warn(f"the rules of {plain(base.asked)} do not run under this tool; its own judge instead")
                return tool, again
    raise AnswerNo(f"the base {base} cannot be planned: {_told(timed.outcome)}", timed.outcome.remedy)


def _planned(
    planner: Planner,
    head: Revision,
    rules: Revision,
    territory: str,
    environment: GateEnvironment | None,
    console: Console,
) -> Timed:
    with console.step(f"Planning {plain(head.asked)}"):
        timed = planner.outcome(head, rules, territory, environment)
    if timed.outcome.error is not None:
        raise AnswerNo(
            f"the head {head} cannot be planned by this tool: {_told(timed.outcome)}",
            plain(
                timed.outcome.remedy or "mend it; what needs another planning/ or operations/ has to bring those first"
            ),
        )
    return timed


def _review(
    repository: Repository,
    base: Revision,
    head: Revision,
    rules: Revision,
    tool: Revision,
    before: Outcome,
    after: Outcome,
    by_head: Outcome | None,
    old: Territory | None,
    new: Territory | None,
    territory: str,
) -> Review:
    assert after.plan is not None  # noqa: S101 - make_review has looked
    assert after.report is not None  # noqa: S101
    empty = Plan(schema_version=1, territory=territory, fingerprint_key=after.plan.fingerprint_key)
    found = difference(before.plan or empty, after.plan)
    changes = tuple(
        changes_between(found, before.plan, after.plan, Reaches(old, before.plan), Reaches(new, after.plan))
    )
    guardrails = guardrail_findings(repository, base, head, after, by_head)
    gate = gate_view(after.report, before.report)
    names = _names(old, new)
    touched = {id_ for change in changes for id_ in (*change.touches.communes, *change.touches.services)}
    communes = {id_: name for id_, name in names[0].items() if id_ in touched}
    digest = plan_digest(after.plan, repository, head)
    return Review(
        digest=digest.value,
        digest_parts=digest.parts,
        verdict=verdict_of(gate, guardrails),
        summary=sentence(changes, gate, guardrails, len(communes)),
        territory=territory,
        base=str(base),
        head=str(head),
        environment=str(after.environment),
        rules_from=_rules_from(repository, base, rules, tool),
        counts=counts(changes),
        changes=changes,
        moves=placement_moves(old, new),
        outputs={stack: len(each) for stack, each in found.outputs.items()},
        guardrails=guardrails,
        gate=gate,
        communes=communes,
        services={id_: name for id_, name in names[1].items() if id_ in touched},
        secrets_compared=found.secrets_compared,
        notes=_notes(before, old, new),
        seconds={},
    )


def _rules_from(repository: Repository, base: Revision, rules: Revision, tool: Revision) -> str:
    judged = f"Rules, waivers and severities of {base.asked}" if rules is base else "Rules from the working tree"
    same = all(
        repository.subtree(base, folder) == repository.subtree(tool, folder) for folder in ("planning", "operations")
    )
    if same:
        return f"{judged}; the reviewing tool is the base's too."
    return f"{judged}; the reviewing tool is this checkout's, not the base's: good for an author, not for a judgement."


def _notes(before: Outcome, old: Territory | None, new: Territory | None) -> tuple[str, ...]:
    notes: list[str] = []
    if before.absent:
        notes.append("The base has no such territory: everything is new.")
    if new is None:
        notes.append("This tool cannot read the head's territory: communes, services and the map are left out.")
    elif old is None and not before.absent:
        notes.append("This tool cannot read the base's territory: what is deleted names no communes or services.")
    return tuple(notes)


def _territory(repository: Repository, revision: Revision, name: str, scratch: Path) -> Territory | None:
    """A revision's territory by this tool's own reading; None when there is none, or it says what we do not know."""
    folder = f"{PROGRAM[0]}/territories/{name}"
    root = scratch / f"territory-{revision.tree}"
    root.mkdir(exist_ok=True)
    try:
        repository.export(revision, [folder], root)
        return load_territory(root / folder)
    except TerritoryError:
        return None


def _names(old: Territory | None, new: Territory | None) -> tuple[dict[str, str], dict[str, str]]:
    communes: dict[str, str] = {}
    services: dict[str, str] = {}
    for territory in (old, new):
        if territory is not None:
            communes |= {commune.insee: commune.name for commune in territory.communes}
            services |= {service.id: service.name for service in territory.services}
    return communes, services


def _told(outcome: Outcome) -> str:
    return "\n".join(plain(line) for line in (outcome.error or "").splitlines())
