"""What the judges said, for a person and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.markup import escape
from rich.table import Table

from operations.console import Console
from operations.hosts.judges.lynis import Audit
from operations.hosts.judges.openscap import PASS, Scan
from territory.hosts import Host

_COLUMNS = ("host", "roles", "judge", "passed", "of", "score")


@dataclass(frozen=True)
class Judged:
    """One guest."""

    host: Host
    hardened: bool
    """False before any role: nothing but packages."""
    scans: tuple[Scan, ...]
    audit: Audit
    seconds: float
    """From power-on to the last judge's word."""


def described(judged: Judged, reasons: Mapping[str, str]) -> dict[str, Any]:
    """As `--json` and evidence show it."""
    return {
        "name": judged.host.name,
        "role": judged.host.role.value,
        "level": judged.host.level.value,
        "hardened": judged.hardened,
        "seconds": judged.seconds,
        "openscap": [
            {
                **scan.as_json(),
                "not_met": [
                    {"rule": rule, "result": result, "reason": reasons.get(rule)}
                    for rule, result in scan.not_met.items()
                ],
            }
            for scan in judged.scans
        ],
        "lynis": judged.audit.as_json(),
    }


def show(console: Console, judged: Sequence[Judged], reasons: Mapping[str, str]) -> None:
    """Write the table, and of hardened hosts each rule that is not met, with its reason, to stderr."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for name in _COLUMNS:
        table.add_column(name, justify="left" if name in ("host", "roles", "judge") else "right")
    for each in judged:
        for row in _rows(each):
            table.add_row(*map(escape, row))
    console.rich.print(table)
    for each in judged:
        for scan in each.scans if each.hardened else ():
            for rule, result in scan.not_met.items():
                reason = reasons.get(rule, "no reason is recorded")
                console.say(f"{each.host.name}: {scan.level}: {rule} ({result}): {reason}")


def _rows(judged: Judged) -> Iterator[tuple[str, ...]]:
    who = (judged.host.name, "after" if judged.hardened else "before")
    for scan in judged.scans:
        yield (*who, f"OpenSCAP {scan.level}", str(scan.count(PASS)), str(scan.applicable), f"{scan.score:.1f} %")
    yield (*who, f"Lynis {judged.audit.version}", "", "", str(judged.audit.index))
