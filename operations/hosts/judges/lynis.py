"""Reading what Lynis found: its report is lines of `name=value`, some names given many times."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.errors import MachineError


@dataclass(frozen=True)
class Audit:
    """One audit of one host."""

    index: int
    """The hardening index: 0 to 100."""
    version: str
    tests: int
    """How many were carried out."""
    warnings: tuple[str, ...]
    """As `TEST-ID: text`."""
    suggestions: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As evidence shows it."""
        return {
            "index": self.index,
            "version": self.version,
            "tests": self.tests,
            "warnings": list(self.warnings),
            "suggestions": list(self.suggestions),
        }


def read_report(file: Path) -> Audit:
    """The audit in a `lynis-report.dat`. Raises `MachineError` for one that Lynis did not finish."""
    values: dict[str, list[str]] = {}
    try:
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            name, equals, value = line.partition("=")
            if equals:
                values.setdefault(name, []).append(value)
        [index], [tests], [version] = (
            values[name] for name in ("hardening_index", "lynis_tests_done", "lynis_version")
        )
        return Audit(
            int(index),
            version,
            int(tests),
            tuple(map(_remark, values.get("warning[]", ()))),
            tuple(map(_remark, values.get("suggestion[]", ()))),
        )
    except (OSError, KeyError, ValueError) as error:
        raise MachineError(f"Lynis left no whole report: {type(error).__name__}: {error}") from error


def _remark(value: str) -> str:
    test, _, rest = value.partition("|")
    return f"{test}: {rest.partition('|')[0]}"
