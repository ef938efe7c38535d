"""What a rule may answer, and what it says on the way to its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TypeVar

T = TypeVar("T")


class Answer(StrEnum):
    """What a rule says of one subject."""

    PASS = "pass"  # noqa: S105 - an answer
    FAIL = "fail"
    UNDETERMINED = "undetermined"
    """It needed a value that nobody knows yet, or may see: neither yes nor no."""


class Severity(StrEnum):
    """How bad it is when a rule is broken, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class NotKnown(Exception):  # noqa: N818 - an answer, not an error of anybody's
    """A value that was read is not known yet, or is secret: yielded or raised by a rule, an undetermined answer."""

    def __init__(self, path: str, why: str = "is not known yet") -> None:
        super().__init__(f"{path} {why}")
        self.path = path
        self.why = why


class Malformed(Exception):  # noqa: N818 - a finding, not an error of ours
    """A value that was read is not of the form its type asks for; the rule that read it fails there."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path} {message}")
        self.path = path
        self.message = message


@dataclass(frozen=True)
class Problem:
    """One way in which a rule is broken."""

    message: str
    """What was found and what was expected, in one sentence without the resource's name."""
    path: str = ""
    """The property it was found in. Example: `ingress[0].cidrBlocks`."""
    subject: str | None = None
    """What it is about where that is not the resource judged: a URN, or a declared thing as `service backup`."""
    file: str | None = None
    """Where that is written down, where a rule knows. Example: `stacks/territories/bordeaux/services.yaml`."""
    line: int | None = None


Outcome = Problem | NotKnown
Outcomes = Iterator[Outcome]
"""What a rule's check yields: nothing when all is well. A `NotKnown` that is raised counts as one that is yielded.

A problem outweighs what is not known. As long as a check learns of values only through `policies.values.Node`, knowing
more of them can turn an undetermined answer into another one, and nothing else.
"""


def each(items: Iterable[T], check: Callable[[T], Outcomes]) -> Outcomes:
    """Check every item; what is not known of one does not hide what is wrong with another."""
    for item in items:
        try:
            yield from check(item)
        except NotKnown as unknown:
            yield unknown


def given(condition: Callable[[], bool], check: Callable[[], Outcomes]) -> Outcomes:
    """What a check finds where a condition holds. Where it does not, nothing that is unknown to the check matters."""
    try:
        if not condition():
            return
    except NotKnown as unknown:
        yield from _hanging_on(unknown, check)
        return
    yield from check()


def _hanging_on(unknown: NotKnown, check: Callable[[], Outcomes]) -> Outcomes:
    try:
        if next(check(), None) is None:
            return
    except NotKnown:
        pass
    yield unknown


def all_of(*conditions: Callable[[], bool]) -> bool:
    """True when all hold, False as soon as one known one does not; `NotKnown` only when it hangs on an unknown one."""
    return not any_of(*(partial(_not, condition) for condition in conditions))


def _not(condition: Callable[[], bool]) -> bool:
    return not condition()


def any_of(*conditions: Callable[[], bool]) -> bool:
    """True as soon as one known one holds, False when none does; `NotKnown` only when it hangs on an unknown one."""
    unknown: NotKnown | None = None
    for condition in conditions:
        try:
            if condition():
                return True
        except NotKnown as raised:
            unknown = unknown or raised
    if unknown:
        raise unknown
    return False
