"""What came of judging: findings, counts and a verdict, in versioned JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from planning.plan import Model
from policies.answers import Answer, Severity

SEVERITIES = tuple(Severity)


class Verdict(StrEnum):
    """Whether a deployment may go on."""

    PASS = "pass"  # noqa: S105 - an answer
    FAIL = "fail"


class AppliedWaiver(Model):
    """Who answers for a broken rule, and until when."""

    owner: str
    approver: str
    reason: str
    ticket: str
    expires: str
    """ISO date; the last day it holds."""


class WaiverStanding(StrEnum):
    """Whether a waiver holds."""

    USED = "used"
    UNUSED = "unused"
    """It holds and meets no finding of the whole territory."""
    NOT_MET = "not met here"
    """It holds and meets no finding of the stacks that were judged; others were not."""
    EXPIRED = "expired"
    NOT_YET = "not yet granted"


class KnownWaiver(Model):
    """A waiver as it is written, and what came of it."""

    rule: str
    subject: str
    reason: str
    owner: str
    approver: str
    ticket: str
    granted: str
    expires: str
    standing: WaiverStanding
    findings: int
    """How many it meets; none when it does not hold."""
    file: str
    line: int


class Finding(Model):
    """A rule that is broken, or that nobody can answer yet, on one subject."""

    rule: str
    """`NET-001`, or a Checkov id where `engine` says so."""
    title: str
    severity: Severity
    answer: Answer
    subject: str
    """A URN, or a declared thing: `service backup`."""
    stack: str | None = None
    message: str
    path: str = ""
    """The property, as Pulumi writes it."""
    file: str | None = None
    line: int | None = None
    remediation: str
    engine: Literal["metropole", "checkov"] = "metropole"
    crashed: bool = False
    """The rule itself failed; that blocks, and nobody can waive it."""
    after_apply: str | None = None
    """Why an undetermined answer may wait until after the apply."""
    waiver: AppliedWaiver | None = None
    notice: bool = False
    """It is about the gate's own papers, such as a waiver past its day: it shows, and stops nothing."""
    gated: bool = True
    """False for what is told and stops nothing: a check of another's that our severity map does not name."""

    @property
    def blocks(self) -> bool:
        """Whether it stops a deployment."""
        stops = self.gated and not self.notice
        return self.answer is Answer.FAIL and stops and (self.crashed or self.waiver is None)

    @property
    def sort_key(self) -> tuple[bool, int, str, str, str]:
        """Blocking ones first, worst first."""
        return (not self.blocks, SEVERITIES.index(self.severity), self.rule, self.subject, self.path)


class CheckovCounts(Model):
    """What became of the resources that Checkov was to scan."""

    sent: int
    scanned: int
    unmapped: tuple[str, ...] = ()
    """Types of the plan that Checkov knows no checks for, or that nobody mapped; each with its reason in the docs."""
    checks: int = 0
    """How many (check, resource) pairs it judged."""


class Report(Model):
    """Everything a gate found."""

    schema_version: Literal[1] = 1
    door: Literal["plan", "preview", "program", "crossguard", "deployed"]
    """Where it was judged: offline, on an engine's preview, in the program, by the policy pack, after the apply."""
    rules: int
    """Rules that ran."""
    resources: int
    """Resources that were judged: managed ones and providers."""
    pairs: int
    """Answers given: (rule, subject)."""
    passed: int
    findings: tuple[Finding, ...]
    """Broken and undetermined ones; see `Finding.sort_key`."""
    checkov: CheckovCounts | None = None
    waivers: tuple[KnownWaiver, ...] = ()
    """All of them, in the order they are written; those that cannot be read are findings."""

    @property
    def verdict(self) -> Verdict:
        """Fail as soon as one finding blocks."""
        return Verdict.FAIL if any(finding.blocks for finding in self.findings) else Verdict.PASS

    def of(self, answer: Answer) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.answer is answer)
