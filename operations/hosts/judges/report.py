"""What the judges said, for a person and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.markup import escape
from rich.table import Table

from operations.console import Console
from operations.hosts.judges.lynis import Audit
from operations.hosts.judges.openscap import NOT_MET, PASS, Scan
from territory.hosts import Host

_WIDTH = 120
"""Of the table in characters, at least: half a name says nothing."""
_COLUMNS = ("host", "judge", PASS, *NOT_MET, "applicable", "score")


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
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in _COLUMNS:
        table.add_column(name, justify="left" if name in ("host", "judge") else "right")
    for each in judged:
        for row in _rows(each):
            table.add_row(*map(escape, row))
    console.rich.print(table, width=max(console.rich.width, _WIDTH))
    for each in judged:
        for scan in each.scans if each.hardened else ():
            for rule, result in scan.not_met.items():
                reason = reasons.get(rule, "no reason is recorded")
                console.say(f"{each.host.name}: {scan.level}: {rule} ({result}): {reason}")


def _rows(judged: Judged) -> Iterator[tuple[str, ...]]:
    name = f"{judged.host.name}, {'hardened' if judged.hardened else 'packages alone'}"
    for scan in judged.scans:
        counts = [str(scan.count(result)) for result in (PASS, *NOT_MET)]
        yield (name, f"OpenSCAP {scan.level}", *counts, str(scan.applicable), f"{scan.score:.1f} %")
    yield (name, f"Lynis {judged.audit.version}", *("" for _ in (PASS, *NOT_MET)), "", str(judged.audit.index))
