"""Which rule a task implements, read from its name: `R33 | Restart the audit daemon`."""

from __future__ import annotations

from collections.abc import Iterable

_SEPARATOR = " | "
_LONGEST = 60


def rule_of(task: str) -> str:
    """The rule's id; the name itself, cut, of a task that implements none."""
    rule, separator, _ = task.partition(_SEPARATOR)
    return (rule if separator else task)[:_LONGEST]


def listed(rules: Iterable[str], most: int = 10) -> str:
    """Rules in a sentence. Example: `R28, R33 and 3 more`."""
    names = list(rules)
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
