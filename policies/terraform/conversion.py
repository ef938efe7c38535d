"""One resource's properties as Terraform would have planned them, with what is not known left out and written down."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from planning.values import Value, members
from policies.terraform.names import Field, Names, snake_case

_ABSENT: Final = object()
_ENGINES_OWN: Final = "__defaults"
"""Where the engine writes down which properties the provider filled in."""


@dataclass
class Converted:
    """Both halves of a planned resource: what is known, and what will be known after the apply."""

    values: dict[str, Any]
    after_unknown: dict[str, Any]
    expressions: dict[str, Any]
    unknown: dict[str, bool] = field(default_factory=dict[str, bool])
    """Path without indices to whether a resource of this plan is referred to there."""


def convert(inputs: Mapping[str, Value], names: Names, references: Mapping[str, Sequence[str]]) -> Converted:
    """Translate inputs; `references` is property to the addresses its value came from. No secret survives."""
    unknown: dict[str, bool] = {}
    values: dict[str, Any] = {}
    after: dict[str, Any] = {}
    expressions: dict[str, Any] = {}
    for name, value in inputs.items():
        target = names.field(name)
        if name == _ENGINES_OWN:
            continue
        conversion = _Conversion(tuple(references.get(name, ())), unknown)
        if target is None:
            conversion.untold(name, "")
            continue
        result = conversion.value(value, target, target.name)
        if result.known is not _ABSENT:
            values[target.name] = result.known
        if result.unknown:
            after[target.name] = result.unknown
        if result.expression:
            expressions[target.name] = result.expression
        elif conversion.references:
            expressions[target.name] = conversion.expression
    return Converted(values, after, expressions, unknown)


@dataclass(frozen=True)
class _Result:
    known: Any
    unknown: Any = None
    expression: Any = None


class _Conversion:
    def __init__(self, references: tuple[str, ...], unknown: dict[str, bool]) -> None:
        self.references = references
        self._unknown = unknown

    @property
    def expression(self) -> dict[str, list[str]]:
        return {"references": [text for address in self.references for text in (f"{address}.id", address)]}

    def value(self, value: Value, target: Field, path: str) -> _Result:
        if value is None:
            return _Result(_ABSENT)
        if _is_hidden(value):
            return self._hidden(path)
        if target.kind == "plain":
            return self._plain(value, path)
        if target.kind == "map":
            return self._map(value, target.inside, path)
        if target.kind == "object":
            return self._object(value, target.inside, path)
        items = cast("list[Value]", value) if target.kind == "many" and isinstance(value, list) else [value]
        return self._blocks(items, target.inside, path)

    def untold(self, name: str, path: str) -> None:
        """Note a property that no facts translate: whoever reads it over there must not take it for absent."""
        self._hidden(f"{path}/{snake_case(name)}" if path else snake_case(name))

    def _hidden(self, path: str) -> _Result:
        self._unknown[path] = self._unknown.get(path, True) and bool(self.references)
        return _Result(_ABSENT, True, self.expression if self.references else None)

    def _plain(self, value: Value, path: str) -> _Result:
        if isinstance(value, list) and not any(members(item) is not None for item in cast("list[Value]", value)):
            return self._list(cast("list[Value]", value), path)
        if not isinstance(value, dict | list):
            return _Result(value)
        text = _known(value)
        return self._hidden(path) if text is _ABSENT else _Result(json.dumps(text))

    def _list(self, items: list[Value], path: str) -> _Result:
        hidden = [_is_hidden(item) for item in items]
        if not any(hidden):
            return _Result([_known(item) for item in items])
        result = self._hidden(path)
        if all(hidden):
            return result
        # A null is where Checkov puts the reference in; without one there is nothing to put.
        gap = [None] if self.references else []
        kept = [_known(item) for item, lost in zip(items, hidden, strict=True) if not lost]
        return _Result(kept + gap, hidden, result.expression)

    def _map(self, value: Value, inside: Names, path: str) -> _Result:
        entries = members(value)
        if entries is None:
            return self._hidden(path)
        known: dict[str, Any] = {}
        unknown: dict[str, Any] = {}
        for key, inner in entries.items():
            if isinstance(inner, dict) and not _is_hidden(inner):
                result = self._object(inner, inside, f"{path}/{key}")
            else:
                result = self._plain(inner, f"{path}/{key}") if not _is_hidden(inner) else self._hidden(f"{path}/{key}")
            if result.known is not _ABSENT:
                known[key] = result.known
            if result.unknown:
                unknown[key] = result.unknown
        return _Result(known, unknown or None)

    def _object(self, value: Value, names: Names, path: str) -> _Result:
        entries = members(value)
        if entries is None:
            return self._plain(value, path)
        known: dict[str, Any] = {}
        unknown: dict[str, Any] = {}
        expressions: dict[str, Any] = {}
        for name, inner in entries.items():
            target = names.field(name)
            if name == _ENGINES_OWN:
                continue
            if target is None:
                self.untold(name, path)
                continue
            result = self.value(inner, target, f"{path}/{target.name}")
            if result.known is not _ABSENT:
                known[target.name] = result.known
            if result.unknown:
                unknown[target.name] = result.unknown
            if result.expression:
                expressions[target.name] = result.expression
        return _Result(known, unknown or None, expressions or None)

    def _blocks(self, items: list[Value], names: Names, path: str) -> _Result:
        results = [
            self._hidden(path) if _is_hidden(item) else self._object(item, names, path)
            for item in items
            if item is not None
        ]
        known = [result for result in results if result.known is not _ABSENT]
        if not known and results:
            return results[0]
        expressions = [result.expression or {} for result in known]
        return _Result(
            [result.known for result in known],
            [result.unknown or {} for result in results] if any(result.unknown for result in results) else None,
            expressions if any(expressions) else None,
        )


def _is_hidden(value: Value) -> bool:
    """Whether the value itself is unknown, secret, or a handle: nothing that a file may hold."""
    return isinstance(value, dict) and members(cast("dict[str, Value]", value)) is None


def _known(value: Value) -> Any:
    """Plain Python, or absent as soon as anything inside is hidden."""
    if _is_hidden(value):
        return _ABSENT
    if isinstance(value, list):
        items = [_known(item) for item in cast("list[Value]", value)]
        return _ABSENT if any(item is _ABSENT for item in items) else items
    entries = members(value)
    if entries is None:
        return value
    inside = {key: _known(inner) for key, inner in entries.items() if key != _ENGINES_OWN}
    return _ABSENT if any(inner is _ABSENT for inner in inside.values()) else inside
