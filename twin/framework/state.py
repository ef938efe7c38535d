"""What goes into the engine's state: always what the world answered, never an echo of what was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from twin.framework.check import DEFAULTS
from twin.framework.declaration import Inputs, Kept, Output, Property, Record, ResourceType
from twin.framework.diff import differences
from twin.framework.values import UNKNOWN, Plain, has_unknown, is_zero


def read_path(record: Any, path: str) -> Plain:
    """Follow a dotted path through mappings and attributes; None where it ends early.

    The longest key of a mapping that starts the path wins, so that answers may be keyed by dotted paths themselves.
    """
    here: Any = record
    parts = path.split(".")
    while parts and here is not None:
        if isinstance(here, Mapping):
            for length in range(len(parts), 0, -1):
                key = ".".join(parts[:length])
                if key in here:
                    here, parts = cast("Mapping[str, Any]", here)[key], parts[length:]
                    break
            else:
                return None
        else:
            here, parts = getattr(here, parts[0], None), parts[1:]
    return here


def world_properties(declared: ResourceType[Any], record: Record, known: Inputs) -> dict[str, Plain]:
    """The resource's outputs: read from the record, or from what the state knows when only the state keeps them."""
    values: dict[str, Plain] = {}
    for item in declared.properties:
        value = known.get(item.name) if item.kept is Kept.STATE else _read(item, record)
        if value is not None:
            values[item.name] = value
    for output in declared.outputs:
        value = _read(output, record)
        if value is not None:
            values[output.name] = value
    return values


def _read(item: Property | Output, record: Record) -> Plain:
    path = item.read_path if isinstance(item, Property) else item.path
    raw = read_path(record, path or item.name)
    return None if raw is None else item.decode(raw)


def broken_promises(
    declared: ResourceType[Any], inputs: Inputs, outputs: Inputs, secrets: frozenset[str]
) -> Iterator[str]:
    """One sentence for each property that the world did not keep as it was asked to."""
    for item in declared.properties:
        asked = inputs.get(item.name)
        if item.kept is Kept.STATE or asked is None:
            continue
        for path in differences(item, item.name, outputs.get(item.name), asked):
            if item.name in secrets:
                yield f"`{path}` was not kept as asked"
            else:
                kept = _at(outputs.get(item.name), item.name, path)
                yield f"`{path}` was asked to be {_at(asked, item.name, path)!r}, but the world keeps {kept!r}"


def _at(value: Plain, name: str, path: str) -> Plain:
    """The leaf a message shows; the whole value when the path is not a simple one."""
    here = value
    for step in path[len(name) :].replace("[", ".").replace("]", "").strip(".").split("."):
        if isinstance(here, list) and step.isdigit() and int(step) < len(cast("list[Plain]", here)):
            here = cast("list[Plain]", here)[int(step)]
        elif isinstance(here, dict) and step in here:
            here = cast("dict[str, Plain]", here)[step]
        elif step:
            return None if here is None else here
    return here


def previewed(declared: ResourceType[Any], inputs: Inputs, outputs: Inputs | None = None) -> dict[str, Plain]:
    """What a preview shows: the inputs, what the state already knows, and unknown where only the world can tell."""
    before = outputs or {}
    values = {name: value for name, value in inputs.items() if name != DEFAULTS}
    for item in declared.properties:
        if item.name not in values and item.computed:
            values[item.name] = before.get(item.name, UNKNOWN)
        elif item.name in values and item.fields and outputs is None:
            values[item.name] = _nested_preview(item, values[item.name])
    for output in declared.outputs:
        values[output.name] = UNKNOWN if output.volatile or output.name not in before else before[output.name]
    return values


def _nested_preview(item: Property, value: Plain) -> Plain:
    if isinstance(value, list):
        return [_nested_preview(item, part) for part in cast("list[Plain]", value)]
    if not isinstance(value, dict):
        return value
    given = cast("dict[str, Plain]", value)
    missing = {part.name: UNKNOWN for part in item.fields if part.computed and part.name not in given}
    return {**{name: part for name, part in given.items() if name != DEFAULTS}, **missing}


def refreshed_inputs(declared: ResourceType[Any], inputs: Mapping[str, Plain], outputs: Inputs) -> dict[str, Plain]:
    """The state's inputs with what has drifted in the world put in; an equal value keeps the user's spelling."""
    fresh: dict[str, Plain] = {}
    for name, value in inputs.items():
        item = declared.property(name)
        if item is None or item.kept is Kept.STATE or has_unknown(value):
            fresh[name] = value
        elif name not in outputs:
            if is_zero(value):
                fresh[name] = value
        elif differences(item, name, outputs[name], value):
            fresh[name] = _narrowed(item, outputs[name])
        else:
            fresh[name] = value
    return fresh


def _narrowed(item: Property, value: Plain) -> Plain:
    """A nested value as an input: without the fields that only the world decides."""
    if not item.fields:
        return value
    if isinstance(value, list):
        return [_narrowed(item, part) for part in cast("list[Plain]", value)]
    given = cast("dict[str, Plain]", value)
    names = {part.name: part for part in item.fields}
    return {
        name: _narrowed(names[name], part) for name, part in given.items() if name in names and not names[name].computed
    }


def imported_inputs(declared: ResourceType[Any], outputs: Inputs) -> dict[str, Plain]:
    """The inputs a program would have to hold to be equal to what was imported."""
    inputs: dict[str, Plain] = {}
    defaults: list[str] = []
    for item in declared.properties:
        value = outputs.get(item.name, item.default if item.kept is Kept.STATE else None)
        if value is None or (is_zero(value) and item.default is None):
            continue
        inputs[item.name] = _narrowed(item, value)
        if item.default is not None and value == item.default:
            defaults.append(item.name)
    inputs[DEFAULTS] = sorted(defaults)
    return inputs
