"""Which rules a task implements, read from its name: `R33 R79 | The ssh server is as the template says`."""

from __future__ import annotations

from collections.abc import Iterable

_SEPARATOR = " | "
_LONGEST = 60


def rules_of(task: str) -> tuple[str, ...]:
    """The rules' ids; the name itself, cut, of a task that implements none."""
    rules, separator, _ = task.partition(_SEPARATOR)
    return tuple(rules.split()) if separator and rules.strip() else (task[:_LONGEST],)


def listed(rules: Iterable[str], most: int = 10) -> str:
    """Rules in a sentence. Example: `R28, R33 and 3 more`."""
    names = list(rules)
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
