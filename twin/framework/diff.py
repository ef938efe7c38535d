"""The difference between what the state holds and what is asked for, property by property and down to the leaf."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from providers.logic import Change, DiffResult
from twin.framework.check import DEFAULTS
from twin.framework.declaration import Property, ResourceType
from twin.framework.schema import ResourceFacts
from twin.framework.values import Plain, has_unknown, is_zero

Differences = dict[str, Change]


def diff_resource(
    declared: ResourceType[Any],
    facts: ResourceFacts,
    outputs: Mapping[str, Plain],
    inputs: Mapping[str, Plain],
    ignored: Iterable[str] = (),
) -> DiffResult:
    """Compare the state's outputs with the checked inputs, as a bridged provider does."""
    skip = set(ignored)
    this_time = set(declared.replacing(outputs, inputs)) if declared.replacing is not None else set[str]()
    changes: Differences = {}
    for item in declared.properties:
        if item.name in skip:
            continue
        found = differences(item, item.name, outputs.get(item.name), inputs.get(item.name))
        if item.replaces or facts.inputs[item.name].forces_new or item.name in this_time:
            found = _replacing(found)
        changes.update(found)
    replaced = any(change.replaces for change in changes.values())
    return DiffResult(changes, delete_before_replace=replaced and _collides(declared, outputs, inputs))


def _replacing(found: Differences) -> Differences:
    return {path: change if change.replaces else Change(f"{change.value}-replace") for path, change in found.items()}


def _collides(declared: ResourceType[Any], outputs: Mapping[str, Plain], inputs: Mapping[str, Plain]) -> bool:
    """Whether the new object would bear the name of the old one, in the same place."""
    if declared.autoname is not None and declared.autoname in inputs.get(DEFAULTS, ()):
        return False
    return bool(declared.identity) and all(outputs.get(name) == inputs.get(name) for name in declared.identity)


def differences(item: Property, path: str, old: Plain, new: Plain) -> Differences:
    """What changes under one property, leaf by leaf; a value not known yet counts as changed."""
    if new is None:
        return {} if item.computed or is_zero(old) else {path: Change.DELETE}
    if old is None:
        return {} if is_zero(new) else {path: Change.ADD}
    if isinstance(new, list) and isinstance(old, list) and not item.unordered:
        return _lists(item, path, cast("list[Plain]", old), cast("list[Plain]", new))
    if isinstance(new, dict) and isinstance(old, dict):
        return _objects(item, path, cast("dict[str, Plain]", old), cast("dict[str, Plain]", new))
    return {} if _equal(item, old, new) else {path: Change.UPDATE}


def _equal(item: Property, old: Plain, new: Plain) -> bool:
    if has_unknown(new):
        return False
    if item.unordered and isinstance(old, list):
        return isinstance(new, list) and _bag(item, old) == _bag(item, new)
    return bool(item.canonical(old) == item.canonical(new))


def _lists(item: Property, path: str, old: list[Plain], new: list[Plain]) -> Differences:
    found: Differences = {}
    for index in range(max(len(old), len(new))):
        here = f"{path}[{index}]"
        if index >= len(new):
            found[here] = Change.DELETE
        elif index >= len(old):
            found[here] = Change.ADD
        else:
            found.update(differences(item, here, old[index], new[index]))
    return found


def _objects(item: Property, path: str, old: Mapping[str, Plain], new: Mapping[str, Plain]) -> Differences:
    found: Differences = {}
    if item.fields:
        for part in item.fields:
            below = differences(part, f"{path}.{part.name}", old.get(part.name), new.get(part.name))
            found.update(_replacing(below) if part.replaces else below)
        return found
    for key in sorted((old.keys() | new.keys()) - {DEFAULTS}):
        here = f"{path}.{key}" if key.isidentifier() else f"{path}[{json.dumps(key)}]"
        found.update(differences(Property(key), here, old.get(key), new.get(key)))
    return found


def _bag(item: Property, value: Plain) -> list[str]:
    return sorted(json.dumps(_comparable(item, part), sort_keys=True) for part in cast("list[Plain]", value))


def _comparable(item: Property, value: Plain) -> Plain:
    """The value in the one spelling that is compared: only declared fields, zero values gone."""
    if isinstance(value, dict) and item.fields:
        given = cast("dict[str, Plain]", value)
        parts = {part.name: _comparable(part, given.get(part.name)) for part in item.fields}
        return {name: part for name, part in parts.items() if not is_zero(part)}
    if isinstance(value, list):
        parts = [_comparable(item, part) for part in cast("list[Plain]", value)]
        return sorted(parts, key=json.dumps) if item.unordered else parts
    return item.canonical(value)


def changed_names(
    declared: ResourceType[Any], outputs: Mapping[str, Plain], inputs: Mapping[str, Plain]
) -> frozenset[str]:
    """The properties that an update has to act on."""
    return frozenset(
        item.name
        for item in declared.properties
        if differences(item, item.name, outputs.get(item.name), inputs.get(item.name))
    )
