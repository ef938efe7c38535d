"""What is wrong with a territory, in words its author can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from territory.yaml_source import Pointer


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, what was found, what was expected and how to mend it."""

    file: str
    """As the reader would type it: relative to the working directory when it lies below it."""
    line: int | None
    """Counted from 1; None when the mistake is that something is absent."""
    message: str
    found: str | None = None
    expected: str | None = None
    nearest: str | None = None
    """The valid value most like the one found."""
    remedy: str | None = None

    def __str__(self) -> str:
        """One paragraph that starts with `file:line:`."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        details = (
            ("found", self.found),
            ("expected", self.expected),
            ("nearest", self.nearest),
            ("remedy", self.remedy),
        )
        return "\n".join(
            [f"{where}: {self.message}", *(f"  {label + ':':<9} {text}" for label, text in details if text)]
        )


@dataclass(frozen=True)
class Violation:
    """Something wrong with the data, at a place in the data; the loader knows which line that is."""

    pointer: Pointer
    message: str
    found: str | None = None
    expected: str | None = None
    nearest: str | None = None
    remedy: str | None = None


class TerritoryError(Exception):
    """A territory cannot be used. `str()` is the whole text for its author, one problem a paragraph."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n\n".join(str(problem) for problem in self.problems))

    @property
    def remedy(self) -> str:
        """What to do about the first problem."""
        return next((problem.remedy for problem in self.problems if problem.remedy), "Correct the lines named above.")


def nearest(found: object, valid: Iterable[str]) -> str | None:
    """The valid value most like the one found, if any is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 - of no use where nothing is wrong, and every program loads this

    return next(iter(get_close_matches(str(found), list(valid), n=1, cutoff=0.5)), None)


def one_of(valid: Iterable[str], limit: int = 12) -> str:
    """`one of a, b, c`; a long list is cut and says by how much."""
    names = list(valid)
    if not names:
        return "none exists yet"
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return f"one of {', '.join(names[:limit])}{more}" if len(names) > 1 else names[0]
