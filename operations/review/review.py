"""A review: what changes between two revisions, what the base's rules say of it, and what it does to those rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from operations.review.changes import Action, Change, counts
from operations.review.digests import Digest
from operations.review.guardrails import GuardrailFinding, Weight
from operations.review.placements import PlacementMove
from planning.plan import Model
from policies.answers import Answer
from policies.report import Finding, Report, Verdict


class GateView(Model):
    """What the base's rules find in the head, beside what they found in the base."""

    verdict: Verdict
    rules: int
    resources: int
    pairs: int
    new: tuple[Finding, ...]
    """Broken in the head and not in the base, waived ones included."""
    old: tuple[Finding, ...]
    """Broken in both."""
    mended: int
    """Broken in the base and no longer."""
    undetermined: dict[str, int]
    """Rule to how many answers nobody can give before the deployment."""

    @property
    def new_blocking(self) -> int:
        """How many new ones stop a deployment."""
        return sum(finding.blocks for finding in self.new)

    @property
    def old_blocking(self) -> int:
        """How many of the old ones do."""
        return sum(finding.blocks for finding in self.old)


class Review(Model):
    """Everything a reviewer is told; `digest` comes first for who reads the JSON by eye."""

    schema_version: Literal[1] = 1
    digest: str
    digest_parts: dict[str, str]
    verdict: Verdict
    summary: str
    territory: str
    base: str
    head: str
    environment: str
    rules_from: str
    """Whose rules judged, in a sentence."""
    counts: dict[str, int]
    changes: tuple[Change, ...]
    moves: tuple[PlacementMove, ...]
    outputs: dict[str, int]
    """Stack to how many of its outputs change."""
    guardrails: tuple[GuardrailFinding, ...]
    gate: GateView
    communes: dict[str, str]
    """INSEE code to name, of those a change touches."""
    services: dict[str, str]
    secrets_compared: bool
    notes: tuple[str, ...] = ()
    seconds: dict[str, float]

    @property
    def as_digest(self) -> Digest:
        """The plan digest with its parts."""
        return Digest(value=self.digest, parts=self.digest_parts)


def gate_view(head: Report, base: Report | None) -> GateView:
    """The head's report, its findings parted into new and old ones."""
    known = {_key(finding) for finding in base.of(Answer.FAIL)} if base else set[tuple[str, str, str]]()
    broken = head.of(Answer.FAIL)
    now = {_key(finding) for finding in broken}
    undetermined: dict[str, int] = {}
    for finding in head.of(Answer.UNDETERMINED):
        undetermined[finding.rule] = undetermined.get(finding.rule, 0) + 1
    return GateView(
        verdict=head.verdict,
        rules=head.rules,
        resources=head.resources,
        pairs=head.pairs,
        new=tuple(finding for finding in broken if _key(finding) not in known),
        old=tuple(finding for finding in broken if _key(finding) in known),
        mended=len(known - now),
        undetermined=dict(sorted(undetermined.items())),
    )


def verdict_of(gate: GateView, guardrails: Iterable[GuardrailFinding]) -> Verdict:
    """No as soon as a finding blocks, or a pipeline file would hand secrets to a stranger's code."""
    lint = any(each.weight is Weight.WEAKER and each.rule.startswith("PIPELINE-") for each in guardrails)
    return Verdict.FAIL if lint or gate.verdict is Verdict.FAIL else Verdict.PASS


def sentence(
    changes: tuple[Change, ...], gate: GateView, guardrails: Iterable[GuardrailFinding], concerned: int
) -> str:
    """The review in one sentence."""
    found = counts(changes)
    words = {
        Action.DELETE: "deleted",
        Action.REPLACE: "replaced",
        Action.MAY_REPLACE: "perhaps replaced",
        Action.UPDATE: "updated",
        Action.CREATE: "created",
        Action.MOVE: "renamed",
    }
    told = [f"{found[action]:,} {word}" for action, word in words.items() if action in found]
    what = ", ".join(told) if told else "no resource changes"
    where = f" in {concerned} commune{'s' * (concerned != 1)}" if concerned else ""
    weaker = sum(each.weight is Weight.WEAKER for each in guardrails)
    rules = f"; {weaker} weakening{'s' * (weaker != 1)} of what judges" if weaker else ""
    gate_words = (
        f"the gate is closed: {gate.new_blocking} new finding{'s' * (gate.new_blocking != 1)}, {gate.old_blocking} old"
        if gate.verdict is Verdict.FAIL
        else "the gate is open"
    )
    return f"{what}{where}; {gate_words}{rules}."


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.subject, finding.path
