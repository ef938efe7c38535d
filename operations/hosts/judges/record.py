"""The evidence of one command: written anew after each guest, so what was judged stays whatever becomes of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operations.hosts.judges.report import Judged, described
from operations.hosts.judges.verdict import problems
from operations.hosts.verify import write_result

RESULT = "judges.json"
UNFINISHED = "unfinished"
"""The verdict of a file whose command is not through, or was ended."""


@dataclass
class Record:
    """What is known so far."""

    folder: Path
    about: Mapping[str, Any]
    """What is judged, with which tools, since when."""
    reasons: Mapping[str, str]
    """Rule to why hosts knowingly do not meet it."""
    judged: list[Judged] = field(default_factory=list[Judged])
    problems: list[str] = field(default_factory=list[str])

    def take(self, judged: Judged) -> None:
        """One guest is judged. What hosts are before any role is no problem."""
        self.judged.append(judged)
        if judged.hardened:
            self.problems += problems(judged.host.name, judged.scans, judged.audit, self.reasons)
        self._write(UNFINISHED)

    def miss(self, problem: str) -> None:
        """One guest could not be judged, for that reason; others may be."""
        self.problems.append(problem)
        self._write(UNFINISHED)

    def conclude(self) -> dict[str, Any]:
        """The result, as it is written."""
        return self._write("fail" if self.problems else "pass")

    def _write(self, verdict: str) -> dict[str, Any]:
        result: dict[str, Any] = {
            "verdict": verdict,
            **self.about,
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "judged": [described(each, self.reasons) for each in self.judged],
            "problems": self.problems,
            "evidence": str(self.folder),
        }
        write_result(self.folder / RESULT, result)
        return result
