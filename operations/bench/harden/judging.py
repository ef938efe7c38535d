"""Whether hosts of both sides ended as the same, by the suites behind `metro verify`, which know neither way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console as RichConsole

from operations.bench.harden.field import Field
from operations.console import Console
from operations.errors import AnswerNo
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


def judge(there: Field, chosen: ChosenTerritory) -> Verdicts:
    """Ask every host and judge it. Raises `AnswerNo` for one that cannot be asked."""
    folder = there.running.world / "verified"
    quiet = Console(stderr=RichConsole(quiet=True))
    found = check(chosen, there.hosts, there.running, folder, quiet)
    if silent := [row["name"] for row in found["hosts"] if not row["reached"]]:
        raise AnswerNo(f"not judged, for they do not answer: {', '.join(silent)}")
    return _verdicts(folder / RESULT)


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
