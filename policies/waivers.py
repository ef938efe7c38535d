"""Waivers: who answers for a broken rule, why, and until when. Everything about them fails toward reporting."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final, Self

from pydantic import StringConstraints, model_validator

from planning.plan import Model
from policies.answers import Answer, Severity
from policies.report import AppliedWaiver, Finding, KnownWaiver, Report, WaiverStanding
from policies.subject_patterns import matches, too_broad
from territory.errors import Problem

LONGEST: Final = timedelta(days=180)
RULE_ID: Final = r"^(([A-Z]+-\d{3})|(CKV2?(_[A-Z0-9]+)+))$"

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Waiver(Model):
    """One rule that may stay broken on some subjects for a while."""

    rule: Annotated[str, StringConstraints(pattern=RULE_ID)]
    """The id of one rule: NET-001, or Checkov's CKV_AWS_18."""
    subject: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]
    """What the finding is about: a URN or a declared thing, with * for any text within one of its parts."""
    reason: Words
    """Why it may stay so, for somebody who was not there."""
    owner: Name
    """Who will mend it: one person."""
    approver: Name
    """Who agreed: another person."""
    ticket: Annotated[str, StringConstraints(pattern=r"^\S+$", max_length=200)]
    """Where the work is followed."""
    granted: date
    """The day it was granted: 2026-11-27."""
    expires: date
    """The last day it holds, at most 180 days after it was granted."""

    @model_validator(mode="after")
    def _is_fit(self) -> Self:
        if why := too_broad(self.subject):
            raise ValueError(why)
        if _same(self.owner, self.approver):
            raise ValueError("the approver is the owner: somebody else has to agree")
        if self.expires < self.granted:
            raise ValueError(f"it expires on {self.expires}, before it was granted on {self.granted}")
        if self.expires - self.granted > LONGEST:
            raise ValueError(f"it holds longer than {LONGEST.days} days: {self.granted + LONGEST} is the last day")
        return self

    def covers(self, finding: Finding) -> bool:
        """Whether it was written for this finding. A rule that crashed answered nothing, so nobody can waive it."""
        return finding.rule == self.rule and not finding.crashed and matches(self.subject, finding.subject)

    def standing(self, today: date) -> WaiverStanding | None:
        """Why it does not hold on that day; None when it does."""
        if today > self.expires:
            return WaiverStanding.EXPIRED
        return WaiverStanding.NOT_YET if today < self.granted else None


@dataclass(frozen=True)
class PlacedWaiver:
    """A waiver and where it is written."""

    waiver: Waiver
    file: str
    line: int


@dataclass(frozen=True)
class Waivers:
    """What a file of waivers says, and everything in it that could not be read as one."""

    entries: tuple[PlacedWaiver, ...] = ()
    problems: tuple[Problem, ...] = ()


def apply_waivers(report: Report, waivers: Waivers, today: date, *, whole: bool = True) -> Report:
    """The report with who answers for what, and with a finding for each waiver that does not hold.

    With `whole=False` the report is about some stacks only, and a waiver that meets nothing is no finding.
    """
    in_force: defaultdict[str, list[PlacedWaiver]] = defaultdict(list)
    for placed in sorted(waivers.entries, key=lambda placed: placed.waiver.expires, reverse=True):
        if placed.waiver.standing(today) is None:
            in_force[placed.waiver.rule].append(placed)
    met: dict[PlacedWaiver, int] = defaultdict(int)
    judged = [_waived(finding, in_force[finding.rule], met) for finding in report.findings]
    known = tuple(_known(placed, met[placed], today, whole) for placed in waivers.entries)
    about = [*map(_malformed, waivers.problems), *_not_holding(known)]
    findings = sorted([*judged, *about], key=lambda finding: finding.sort_key)
    return report.model_copy(update={"findings": tuple(findings), "waivers": known})


def _waived(finding: Finding, waivers: Sequence[PlacedWaiver], met: dict[PlacedWaiver, int]) -> Finding:
    covering = [placed for placed in waivers if placed.waiver.covers(finding)]
    for placed in covering:
        met[placed] += 1
    if not covering:
        return finding
    waiver = covering[0].waiver
    applied = AppliedWaiver(
        owner=waiver.owner,
        approver=waiver.approver,
        reason=waiver.reason,
        ticket=waiver.ticket,
        expires=waiver.expires.isoformat(),
    )
    return finding.model_copy(update={"waiver": applied})


def _known(placed: PlacedWaiver, findings: int, today: date, whole: bool) -> KnownWaiver:
    waiver = placed.waiver
    otherwise = WaiverStanding.UNUSED if whole else WaiverStanding.NOT_MET
    standing = waiver.standing(today) or (WaiverStanding.USED if findings else otherwise)
    return KnownWaiver(
        **waiver.model_dump(mode="json"), standing=standing, findings=findings, file=placed.file, line=placed.line
    )


_TITLES: Final = {
    WaiverStanding.EXPIRED: ("WAIVER-EXPIRED", Severity.MEDIUM, "No waiver is past its day"),
    WaiverStanding.NOT_YET: ("WAIVER-NOT-YET", Severity.MEDIUM, "No waiver begins in the future"),
    WaiverStanding.UNUSED: ("WAIVER-UNUSED", Severity.LOW, "Every waiver is needed"),
}


def _not_holding(waivers: Iterable[KnownWaiver]) -> Iterable[Finding]:
    for waiver in waivers:
        if waiver.standing not in _TITLES:
            continue
        rule, severity, title = _TITLES[waiver.standing]
        match waiver.standing:
            case WaiverStanding.EXPIRED:
                message = f"expired on {waiver.expires}; it waives nothing any more"
                remedy = (
                    "Mend what it is about and delete it; or have it granted again, with a new granted and expires."
                )
            case WaiverStanding.NOT_YET:
                message = f"is granted on {waiver.granted}, which is still to come; it waives nothing before"
                remedy = "Write the day it was granted."
            case _:
                message = "meets no finding"
                remedy = "Delete it; or correct its rule or its subject."
        yield Finding(
            rule=rule,
            title=title,
            severity=severity,
            answer=Answer.FAIL,
            subject=f"waiver {waiver.rule} {waiver.subject}",
            message=message,
            file=waiver.file,
            line=waiver.line,
            remediation=remedy,
            notice=True,
        )


def _malformed(problem: Problem) -> Finding:
    """Blocks: nobody knows what the entry was to say, so nobody can tell what stands because of it."""
    details = (("found", problem.found), ("expected", problem.expected))
    said = "".join(f"; {label} {text}" for label, text in details if text)
    return Finding(
        rule="WAIVER-MALFORMED",
        title="Every waiver can be read",
        severity=Severity.HIGH,
        answer=Answer.FAIL,
        subject=f"waivers {problem.file}",
        message=f"{problem.message}{said}",
        file=problem.file,
        line=problem.line,
        remediation=problem.remedy or "Correct this line.",
    )


def _same(one: str, other: str) -> bool:
    """As people read names: case, width and spaces make no other person."""
    return _person(one) == _person(other)


def _person(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
