"""A report in words: what stops the deployment first, each with where it stands and what to change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from operations.console import Console
from policies.answers import Answer
from policies.report import Finding, KnownWaiver, Report, Verdict

UNDETERMINED_SHOWN = 12
WITHOUT_EFFECT = dict.fromkeys((*range(32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}") | dict.fromkeys(
    # Marks that turn the direction of writing: a name could hide behind them.
    (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F),
    "\N{REPLACEMENT CHARACTER}",
)


def inert(text: str) -> str:
    """Text of unknown origin without what a terminal would obey."""
    return text.translate(WITHOUT_EFFECT)


def say_report(console: Console, report: Report) -> None:
    """Print every finding to stderr; the closing line is the caller's."""
    for finding in report.findings:
        if finding.blocks:
            _say(console, finding, "fails")
    for finding in report.of(Answer.FAIL):
        if not finding.blocks and finding.waiver:
            waiver = finding.waiver
            _say(console, finding, f"waived until {waiver.expires} by {waiver.approver} for {waiver.owner}")
    for finding in report.findings:
        if finding.notice:
            _say(console, finding, "shows")
    _say_told(console, [finding for finding in report.of(Answer.FAIL) if not finding.gated])
    _say_undetermined(console, report.of(Answer.UNDETERMINED))
    _say_waivers(console, report.waivers)


def closing_line(report: Report) -> str:
    """The verdict with its counts, in one line."""
    blocking = sum(finding.blocks for finding in report.findings)
    waived = sum(finding.waiver is not None and not finding.blocks for finding in report.of(Answer.FAIL))
    undetermined = len(report.of(Answer.UNDETERMINED))
    answer = "the gate is closed" if report.verdict is Verdict.FAIL else "the gate is open"
    scanned = report.checkov
    checkov = f"; Checkov scanned {scanned.scanned} of {scanned.sent} sent, {scanned.checks} answers" if scanned else ""
    return (
        f"{answer}: {blocking} findings, {waived} waived, {undetermined} undetermined; "
        f"{report.rules} rules asked of {report.resources} resources, {report.pairs} answers{checkov}"
    )


def summary(report: Report) -> dict[str, Any]:
    """What `--json` prints of a report."""
    return {
        "verdict": str(report.verdict),
        **report.model_dump(mode="json", exclude={"schema_version"}),
    }


def finding_lines(finding: Finding, how: str) -> list[str]:
    """A finding in words: what, where and what mends it."""
    where = f" ({inert(finding.file)}:{finding.line})" if finding.file else ""
    path = f" {inert(finding.path)}" if finding.path else ""
    return [
        f"{finding.rule} {how}, {finding.severity}: {inert(finding.subject)}{path}{where}",
        f"  {finding.title}: {inert(finding.message)}",
        f"  remedy: {finding.remediation}",
    ]


def _say(console: Console, finding: Finding, how: str) -> None:
    for line in finding_lines(finding, how):
        console.say(line)


def _say_told(console: Console, findings: Sequence[Finding]) -> None:
    """Checks of others that stop nothing, a line each with how often they fail."""
    counted = Counter((finding.rule, finding.title) for finding in findings)
    for (rule, title), count in counted.most_common():
        console.say(f"{rule} fails for {count}, and is not gated on: {title}")


def _say_undetermined(console: Console, findings: Iterable[Finding]) -> None:
    counted = Counter((finding.rule, finding.title) for finding in findings)
    for (rule, title), count in counted.most_common(UNDETERMINED_SHOWN):
        console.say(f"{rule} undetermined for {count}: {title}")
    if len(counted) > UNDETERMINED_SHOWN:
        console.say(f"and {len(counted) - UNDETERMINED_SHOWN} rules more that hang on values nobody knows yet")


def _say_waivers(console: Console, waivers: Sequence[KnownWaiver]) -> None:
    if not waivers:
        return
    counted = Counter(waiver.standing for waiver in waivers)
    console.say(f"waivers: {', '.join(f'{count} {standing}' for standing, count in counted.items())}")
    for waiver in waivers:
        people = f"{inert(waiver.owner)}, approved by {inert(waiver.approver)}, {inert(waiver.ticket)}"
        console.say(f"  {waiver.rule} {inert(waiver.subject)}: {waiver.standing}, until {waiver.expires}; {people}")
