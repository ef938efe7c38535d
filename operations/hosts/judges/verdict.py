"""What the judges have to say for a host to be as promised, and which rules are knowingly not met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.errors import InputError
from operations.hosts.judges.lynis import Audit
from operations.hosts.judges.openscap import Scan
from operations.paths import CHECKOUT
from operations.yaml_files import read_mapping

REASONS = CHECKOUT / "playbooks" / "judged.yaml"
LOWEST_INDEX = 88
"""Lynis' hardening index."""


@dataclass(frozen=True)
class Threshold:
    """For OpenSCAP's profile of one level."""

    score: float
    """Percent."""
    applicable: int
    """How many rules have to be held against a host: a score of few says little."""


THRESHOLDS = {"intermediary": Threshold(95, 150), "enhanced": Threshold(90, 150)}


def read_reasons(file: Path = REASONS) -> dict[str, str]:
    """Rule of OpenSCAP's content to why it is not met. Raises `InputError` for a file that says anything else."""
    found = read_mapping(file)
    reasons = {rule: reason for rule, reason in found.items() if isinstance(reason, str) and reason.strip()}
    if without := sorted(set(found) - set(reasons)):
        raise InputError(f"{file}: no reason is given for {', '.join(without)}", "write why, or meet the rule")
    return reasons


def problems(host: str, scans: Iterable[Scan], audit: Audit, reasons: Mapping[str, str]) -> Iterator[str]:
    """What keeps a host from being as promised, in sentences."""
    for scan in scans:
        lowest = THRESHOLDS[scan.level]
        if scan.score < lowest.score:
            yield f"{host}: OpenSCAP's score at {scan.level} is {scan.score:.1f} %, expected {lowest.score:g} % or more"
        if scan.applicable < lowest.applicable:
            yield (
                f"{host}: {scan.applicable} rules apply at {scan.level}, expected {lowest.applicable} or more: "
                "a score of so few says little"
            )
        for rule, result in scan.not_met.items():
            if rule not in reasons:
                yield f"{host}: {rule} is not met ({result}), and no reason is recorded"
    if audit.index < LOWEST_INDEX:
        yield f"{host}: Lynis' hardening index is {audit.index}, expected {LOWEST_INDEX} or more"


def stale(scans: Iterable[Scan], reasons: Mapping[str, str]) -> list[str]:
    """Rules with a reason that were judged and met everywhere: the reason is no longer one."""
    judged = list(scans)
    met = {rule for scan in judged for rule in scan.results}
    return sorted(rule for rule in reasons if rule in met and not any(rule in scan.not_met for scan in judged))
