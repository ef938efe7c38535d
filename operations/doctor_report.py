"""What `metro doctor` found, for a person and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from operations.console import Console
from operations.doctor import Finding, TierAnswer, Verdict
from operations.tiers import FACTS

_STYLES = {Verdict.READY: "green", Verdict.WILL_BE_MADE: "yellow", Verdict.MISSING: "red"}


def show(console: Console, findings: Sequence[Finding], tiers: Sequence[TierAnswer]) -> None:
    """Write both tables and the remedies to stderr."""
    things = _table("looked at", "stands", "found")
    for finding in findings:
        things.add_row(finding.what, _coloured(finding.verdict), escape(finding.found))
    worlds = _table("tier", "stands", "real in it", "lacks")
    for answer in tiers:
        lacks = ", ".join(answer.missing)
        worlds.add_row(answer.tier, _coloured(answer.verdict), FACTS[answer.tier].real, escape(lacks))
    console.rich.print(things, soft_wrap=False)
    console.rich.print(worlds, soft_wrap=False)
    for finding in findings:
        if finding.verdict is Verdict.MISSING and finding.remedy:
            console.say(f"{finding.what} (for {', '.join(finding.tiers)}): {finding.remedy}")


def as_object(findings: Sequence[Finding], tiers: Sequence[TierAnswer]) -> dict[str, object]:
    """The JSON object: `tiers` by name, `missing` with what installs it, and everything looked at."""
    return {
        "tiers": {
            answer.tier.value: {
                "runs": answer.verdict is not Verdict.MISSING,
                "ready": answer.verdict is Verdict.READY,
                "missing": list(answer.missing),
            }
            for answer in tiers
        },
        "missing": [
            {"what": finding.what, "tiers": [tier.value for tier in finding.tiers], "remedy": finding.remedy}
            for finding in findings
            if finding.verdict is Verdict.MISSING
        ],
        "findings": [
            {"what": finding.what, "verdict": finding.verdict.value, "found": finding.found} for finding in findings
        ],
    }


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _coloured(verdict: Verdict) -> str:
    return f"[{_STYLES[verdict]}]{verdict}[/]"
