"""YAML text to plain data that remembers its lines; refuses what a declaration has no use for.

Scalars follow YAML 1.2's core schema: `no` is a word, not false. Aliases, tags, several documents and deep nesting are
refused, so a file costs no more than its size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

Scalar = str | int | float | bool | None
Pointer = tuple[str | int, ...]
"""The way from the root to a value: `("circuits", 2, "path")`."""

LARGEST_FILE: Final = 1 << 20
DEEPEST_NESTING: Final = 20

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml when PyYAML has it: much faster, same events
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Node(NamedTuple):
    """A value and the line (counted from 1) where it starts."""

    line: int
    value: dict[str, Node] | list[Node] | Scalar
    key_lines: Mapping[str, int] = MappingProxyType({})
    """Of a mapping: the line of each key."""

    def plain(self) -> Any:
        """The value without its lines, as any YAML library would give it."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def line_of(self, pointer: Pointer) -> int:
        """The line of the value a pointer leads to, or of the last step that exists."""
        node, line = self, self.line
        for step in pointer:
            if isinstance(node.value, dict) and step in node.value:
                node, line = node.value[str(step)], node.key_lines[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.line
            else:
                break
        return line


@dataclass(frozen=True)
class SourceFault:
    """What is wrong with the text itself."""

    line: int | None
    message: str
    found: str | None = None
    expected: str | None = None
    remedy: str | None = None


class SourceError(Exception):
    """The text cannot be read at all."""

    def __init__(self, fault: SourceFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def read_yaml(raw: bytes) -> tuple[Node, Sequence[SourceFault]]:
    """The root and the duplicate keys found on the way (the first of each counts). Raises `SourceError`."""
    text = _decode(raw)
    reader = _Reader(_events(text))
    try:
        return reader.document(), tuple(reader.duplicates)
    except yaml.MarkedYAMLError as error:
        lines = text.splitlines()
        marks = [mark.line for mark in (error.problem_mark, error.context_mark) if mark and mark.line < len(lines)]
        context = f"{error.context}: " if error.context else ""
        raise SourceError(
            SourceFault(
                line=marks[0] + 1 if marks else None,
                message=f"this is not YAML: {context}{error.problem}",
                found=lines[marks[0]].strip()[:120] if marks else None,
                remedy="Look at this line and the one before it: indentation, a missing colon, bracket or quote.",
            )
        ) from None


def _decode(raw: bytes) -> str:
    if len(raw) > LARGEST_FILE:
        raise SourceError(
            SourceFault(
                line=None,
                message="the file is larger than a territory's file may be",
                found=f"more than {LARGEST_FILE} bytes",
                expected=f"at most {LARGEST_FILE} bytes (1 MiB)",
                remedy="Split it by top-level key: every *.yaml of the folder is read.",
            )
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            SourceFault(
                line=raw.count(b"\n", 0, error.start) + 1,
                message="the text is not UTF-8",
                found=f"byte 0x{raw[error.start]:02x}",
                expected="UTF-8",
                remedy="Save the file as UTF-8.",
            )
        ) from None
    if unprintable := _UNPRINTABLE.search(text):
        raise SourceError(
            SourceFault(
                line=text.count("\n", 0, unprintable.start()) + 1,
                message="there is a control character in the text",
                found=f"U+{ord(unprintable.group()):04X}",
                remedy="Delete it.",
            )
        )
    return text


def _events(text: str) -> Iterator[Event]:
    return iter(_LOADER(text).get_event, None)


class _Reader:
    """Turns the parser's events into nodes; recursion is bounded by `DEEPEST_NESTING`."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self.duplicates: list[SourceFault] = []

    def document(self) -> Node:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), StreamEndEvent):
            return Node(1, None)
        root = self._node(next(self._events), depth=0)
        next(self._events)  # the document's end
        following = next(self._events)
        if isinstance(following, DocumentStartEvent):
            _refuse(following, "a second document starts here", "one document a file", "Make it a file of its own.")
        return root

    def _node(self, event: Event, depth: int) -> Node:
        if isinstance(event, ScalarEvent):
            self._refuse_decoration(event)
            return Node(_line(event), _scalar(event))
        if isinstance(event, AliasEvent):
            _refuse(event, f"there is an alias, *{event.anchor}", "the value itself", "Write the value out.")
        if not isinstance(event, CollectionStartEvent):
            raise AssertionError(f"a YAML value cannot start with {event!r}")
        self._refuse_decoration(event)
        if depth == DEEPEST_NESTING:
            _refuse(event, "this is nested too deeply", f"at most {DEEPEST_NESTING} levels", "Flatten it.")
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event, depth)
        return self._mapping(event, depth)

    def _sequence(self, start: Event, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Node(_line(start), items)

    def _mapping(self, start: CollectionStartEvent, depth: int) -> Node:
        values: dict[str, Node] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                if isinstance(event, AliasEvent):
                    self._node(event, depth)
                _refuse(event, "a key is not a single word", "a name", "Write the key as plain text.")
            self._refuse_decoration(event)
            key, value = event.value, self._node(next(self._events), depth + 1)
            if key in values:
                self.duplicates.append(
                    SourceFault(
                        line=_line(event),
                        message=f'the key "{key}" is written twice in one mapping; the first is on line {lines[key]}',
                        found=key,
                        expected="each key once",
                        remedy="Delete one of the two, or merge them.",
                    )
                )
                continue
            values[key], lines[key] = value, _line(event)
        return Node(_line(start), values, lines)

    def _refuse_decoration(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.anchor:
            _refuse(event, f"there is an anchor, &{event.anchor}", "the value itself", "Write the value out each time.")
        if event.tag:
            _refuse(event, f"there is a tag, {event.tag}", "the value itself", "Delete the tag.")


def _scalar(event: ScalarEvent) -> Scalar:
    text = event.value
    if not event.implicit[0]:  # quoted or a block: always a string
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _line(event: Event) -> int:
    assert event.start_mark  # noqa: S101 - only events made by hand lack it
    return event.start_mark.line + 1


def _refuse(event: Event, message: str, expected: str, remedy: str) -> NoReturn:
    raise SourceError(SourceFault(_line(event), message, expected=expected, remedy=remedy))
