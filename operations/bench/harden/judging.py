"""Whether hosts of both sides ended as the same, by judges that know neither way.

The suites behind `metro verify` say it of every host, OpenSCAP of one host a level; Lynis gives each of these an index.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console as RichConsole

from operations.bench.harden.field import Field
from operations.console import Console, Progress
from operations.errors import AnswerNo
from operations.hosts.judges.guest import Guest
from operations.hosts.judges.judge import representatives
from operations.hosts.judges.openscap import PASS
from operations.hosts.judges.scanning import scan
from operations.hosts.verification.suite_run import Outcome
from operations.hosts.verify import RESULT, check
from operations.territories import ChosenTerritory

_SHOWN = 20


@dataclass(frozen=True)
class Verdict:
    """What one test said of one host."""

    outcome: str
    rules: str
    """Ids of ANSSI-BP-028, with blanks between; empty for a test of none."""
    message: str


Verdicts = Mapping[tuple[str, str], Verdict]
"""By host and test."""


@dataclass(frozen=True)
class Judgement:
    """What all judges said of one side."""

    verdicts: Verdicts
    indices: Mapping[str, int]
    """Lynis' hardening index, of hosts that were audited."""


def judge(there: Field, chosen: ChosenTerritory, kit: Path | None, progress: Progress) -> Judgement:
    """Ask every host and judge it, and with a kit carry OpenSCAP and Lynis into one host a level.

    Raises `AnswerNo` for a host that cannot be asked, `MachineError` when a judge does not come to its end.
    """
    folder = there.running.world / "verified"
    quiet = Console(stderr=RichConsole(quiet=True))
    found = check(chosen, there.hosts, there.running, folder, quiet)
    if silent := [row["name"] for row in found["hosts"] if not row["reached"]]:
        raise AnswerNo(f"not judged, for they do not answer: {', '.join(silent)}")
    verdicts = _verdicts(folder / RESULT)
    if kit is None:
        return Judgement(verdicts, {})
    audited = audit(there, kit, progress)
    return Judgement({**verdicts, **audited.verdicts}, audited.indices)


def audit(there: Field, kit: Path, progress: Progress) -> Judgement:
    """What OpenSCAP and Lynis say of one host a level; a test is a rule of its profile that applies in a container."""
    verdicts: dict[tuple[str, str], Verdict] = {}
    indices: dict[str, int] = {}
    for host in representatives(there.hosts):
        folder = there.running.world / "audited" / host.name
        folder.mkdir(mode=0o700, parents=True)
        guest = Guest(host.name, there.running.ssh_config)
        scans, audited = scan(guest, kit, [host.level.value], folder, progress)
        indices[host.name] = audited.index
        for rule, result in scans[0].results.items():
            outcome = Outcome.PASSED if result == PASS else Outcome.FAILED
            verdicts[host.name, f"OpenSCAP: {rule}"] = Verdict(outcome, "", "" if result == PASS else result)
    return Judgement(verdicts, indices)


def _verdicts(file: Path) -> Verdicts:
    rows: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["results"]
    return {(row["host"], row["test"]): Verdict(row["outcome"], " ".join(row["rules"]), row["message"]) for row in rows}


def refuse_unless_alike(ours: Verdicts, anchor: Verdicts) -> None:
    """Raise `AnswerNo`, with host and rule, unless every test said the same of every host on both sides."""
    if differing := list(differences(ours, anchor)):
        more = f"\nand {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
        raise AnswerNo(
            f"both ways do not end as the same, in {len(differing)} answers:\n" + "\n".join(differing[:_SHOWN]) + more,
            result={"differences": differing},
        )


def differences(ours: Verdicts, anchor: Verdicts) -> Iterator[str]:
    """A line for each host and test of which both sides do not say the same."""
    nothing = Verdict("not asked", "", "")
    for host, test in sorted({*ours, *anchor}):
        one, other = ours.get((host, test), nothing), anchor.get((host, test), nothing)
        if one.outcome != other.outcome:
            rules = one.rules or other.rules or "no rule"
            yield f"{host}: {rules}: {test}: ours {_said(one)}, the anchor {_said(other)}"


def failing(verdicts: Verdicts) -> list[dict[str, str]]:
    """What does not hold, though it is the same on both sides."""
    return [
        {"host": host, "rule": verdict.rules, "test": test, "message": verdict.message}
        for (host, test), verdict in sorted(verdicts.items())
        if verdict.outcome == Outcome.FAILED
    ]


def _said(verdict: Verdict) -> str:
    return f"{verdict.outcome} ({verdict.message})" if verdict.message else verdict.outcome
