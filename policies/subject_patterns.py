"""Patterns over what findings are about: `*` stands for any text within one part, and too much of it is refused."""

from __future__ import annotations

from typing import Final

URN_PREFIX: Final = "urn:pulumi:"
FEWEST_LITERALS: Final = 3
"""A name with a `*` has to say at least this many characters in a row; fewer meet nearly everything."""


def matches(pattern: str, subject: str) -> bool:
    """Whether a pattern meets a subject: part by part, so that a `*` in a stack's name never reaches into a type."""
    theirs, ours = _parts(subject), _parts(pattern)
    return len(theirs) == len(ours) and all(map(_part_matches, ours, theirs))


def too_broad(pattern: str) -> str | None:
    """Why a pattern would waive more than anybody looked at; None when it names something."""
    if "*" not in pattern:
        return None
    parts = _parts(pattern)
    if pattern.startswith(URN_PREFIX):
        if len(parts) != 4:
            return "a URN with a * has to be written with its four parts: urn:pulumi:stack::project::type::name"
    elif len(parts) != 2 or "*" in parts[0]:
        return "a pattern names a URN, or a kind of declared thing in full and then its name: service backup-*"
    if max(map(len, parts[-1].split("*"))) < FEWEST_LITERALS:
        return f"the name meets nearly everything: it has to say at least {FEWEST_LITERALS} characters beside its *"
    return None


def _parts(text: str) -> list[str]:
    """A URN's stack, project, type and name, which may hold `::` itself; the kind and the name of anything else."""
    return text.split("::", 3) if text.startswith(URN_PREFIX) else text.split(" ", 1)


def _part_matches(pattern: str, text: str) -> bool:
    """In one pass, so a pattern cannot be made that takes long."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    *middle, last = rest
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for literal in middle:
        found = text.find(literal, at, end)
        if found < 0:
            return False
        at = found + len(literal)
    return True
