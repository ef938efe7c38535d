"""Reading what OpenSCAP found: XCCDF 1.2 results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from operations.errors import MachineError

PROFILE = "xccdf_org.ssgproject.content_profile_anssi_bp28_{level}"
_RULE = "xccdf_org.ssgproject.content_rule_"
_XCCDF = "{http://checklists.nist.gov/xccdf/1.2}"
PASS = "pass"  # noqa: S105 - a result
NOT_MET = ("fail", "error", "unknown", "notchecked")
"""What counts against a host, beside `pass` for it; a rule that does not apply or was not selected counts nowhere."""


@dataclass(frozen=True)
class Scan:
    """One profile on one host."""

    level: str
    """Of ANSSI-BP-028, as profiles name it. Example: `enhanced`."""
    content: str
    """The version of the content that holds the profile."""
    results: dict[str, str]
    """By the rule's short name, of all that apply: `pass`, or one of `NOT_MET`."""

    def count(self, result: str) -> int:
        """How many applicable rules ended so."""
        return sum(each == result for each in self.results.values())

    @property
    def applicable(self) -> int:
        """How many rules were held against the host."""
        return len(self.results)

    @property
    def score(self) -> float:
        """Percent of the applicable rules that passed; 0 where none applies. What was waived has not passed."""
        return 100 * self.count(PASS) / self.applicable if self.results else 0.0

    @property
    def not_met(self) -> dict[str, str]:
        """Rule to result of everything that did not pass, by name."""
        return {rule: result for rule, result in sorted(self.results.items()) if result != PASS}

    def as_json(self) -> dict[str, Any]:
        """Counts and score, as evidence shows them."""
        return {
            "profile": PROFILE.format(level=self.level),
            "content": self.content,
            **{name: self.count(name) for name in (PASS, *NOT_MET)},
            "applicable": self.applicable,
            "score": round(self.score, 1),
        }


def read_results(file: Path, level: str) -> Scan:
    """The last test result in a file of `oscap xccdf eval --results`. Raises `MachineError` where there is none.

    A rule that was judged in several ways has passed when all of them did.
    """
    try:
        root = ET.parse(file).getroot()  # noqa: S314 - written by our own scanner; expat resolves nothing external
    except (OSError, ET.ParseError) as error:
        raise MachineError(f"OpenSCAP left no results: {error}") from error
    found = root.findall(f"{_XCCDF}TestResult")
    if not found:
        raise MachineError("OpenSCAP left no results: the file holds no test")
    results: dict[str, str] = {}
    for each in found[-1].iter(f"{_XCCDF}rule-result"):
        rule = each.get("idref", "").removeprefix(_RULE)
        result = _counted(each.findtext(f"{_XCCDF}result", ""))
        if result and results.get(rule, PASS) == PASS:
            results[rule] = result
    return Scan(level, root.findtext(f"{_XCCDF}version", ""), results)


def _counted(result: str) -> str:
    if result == "fixed":
        return PASS
    return result if result in (PASS, *NOT_MET) else ""
