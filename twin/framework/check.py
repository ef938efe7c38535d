"""Input checking: as strict as the official provider, and honest about what the twin does not do."""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from providers.logic import CheckFailure
from twin.framework.declaration import Property, ResourceType
from twin.framework.schema import ResourceFacts, SchemaFacts
from twin.framework.values import UNKNOWN, Plain, Unknown

DEFAULTS = "__defaults"
"""The key under which bridged providers list the inputs that the user did not write."""

NOT_EXERCISED = "{what} is in the official schema of {type}, but the twin does not exercise it: leave it out here"


def check_inputs(
    declared: ResourceType[Any], facts: ResourceFacts, schema: SchemaFacts, inputs: Mapping[str, Plain]
) -> Iterator[CheckFailure]:
    """Every reason to refuse the inputs of a resource."""
    yield from _unknown_names("", inputs, facts.inputs, declared.properties, declared.token)
    for name in sorted(facts.required - inputs.keys()):
        yield CheckFailure(name, f"missing required property `{name}` of {declared.token}")
    for item in declared.properties:
        if item.name in inputs and item.name in facts.inputs:
            yield from _value(item, item.name, inputs[item.name], facts.inputs[item.name].type, schema, declared.token)
            yield from _conflicts(item, item.name, inputs)
    for rule in declared.rules:
        yield from rule(inputs)


def _unknown_names(
    prefix: str, given: Mapping[str, Plain], official: Iterable[str], exercised: Iterable[Property], token: str
) -> Iterator[CheckFailure]:
    known = {item.name for item in exercised}
    official = list(official)
    for name in sorted(given.keys() - known - {DEFAULTS}):
        path = f"{prefix}{name}"
        if name in official:
            yield CheckFailure(path, NOT_EXERCISED.format(what=f"`{path}`", type=token))
        else:
            near = difflib.get_close_matches(name, official, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            yield CheckFailure(path, f"{token} has no property `{path}`{hint}")


def _conflicts(item: Property, path: str, given: Mapping[str, Plain]) -> Iterator[CheckFailure]:
    for other in item.conflicts:
        if other in given and item.name < other:
            yield CheckFailure(path, f"`{item.name}` conflicts with `{other}`: give one of them")


def _value(
    item: Property, path: str, value: Plain, type_: Any, schema: SchemaFacts, token: str
) -> Iterator[CheckFailure]:
    if isinstance(value, Unknown):
        return
    problem = _type_problem(value, type_, schema)
    if problem:
        yield CheckFailure(path, f"`{path}` must be {problem}, not {_kind(value)}")
        return
    if isinstance(value, list):
        for index, part in enumerate(cast("list[Plain]", value)):
            yield from _value(item, f"{path}[{index}]", part, type_[0], schema, token)
    elif isinstance(value, dict) and not isinstance(type_, dict):
        yield from _object(item, path, cast("dict[str, Plain]", value), type_, schema, token)
    elif isinstance(value, dict):
        for key, part in cast("dict[str, Plain]", value).items():
            yield from _value(item, f'{path}["{key}"]', part, type_["*"], schema, token)
    else:
        yield from _scalar(item, path, value)


def _object(
    item: Property, path: str, value: Mapping[str, Plain], type_: Any, schema: SchemaFacts, token: str
) -> Iterator[CheckFailure]:
    facts = schema.objects[type_]
    yield from _unknown_names(f"{path}.", value, facts.properties, item.fields, token)
    for name in sorted(facts.required - value.keys()):
        yield CheckFailure(f"{path}.{name}", f"missing required property `{path}.{name}` of {token}")
    for part in item.fields:
        if part.name in value:
            yield from _value(part, f"{path}.{part.name}", value[part.name], facts.properties[part.name], schema, token)
            yield from _conflicts(part, f"{path}.{part.name}", value)


def _scalar(item: Property, path: str, value: Plain) -> Iterator[CheckFailure]:
    if item.allowed and value not in item.allowed:
        choices = ", ".join(f"`{choice}`" for choice in item.allowed)
        yield CheckFailure(path, f"expected `{path}` to be one of {choices}, got `{value}`")
    too_low = item.low is not None and value < item.low
    too_high = item.high is not None and value > item.high
    if too_low or too_high:
        low = "-" if item.low is None else item.low
        high = "-" if item.high is None else item.high
        yield CheckFailure(path, f"expected `{path}` to be in the range ({low} - {high}), got {value}")


def _type_problem(value: Plain, type_: Any, schema: SchemaFacts) -> str | None:
    """What the value should have been; None when it is right. Containers are looked into by the caller."""
    expected: tuple[type, ...]
    if isinstance(type_, list):
        expected, words = (list,), "a list"
    elif isinstance(type_, dict):
        expected, words = (dict,), "a map"
    elif type_ in schema.objects:
        expected, words = (dict,), "an object"
    else:
        expected, words = {
            "string": ((str,), "a string"),
            "integer": ((int,), "a whole number"),
            "number": ((int, float), "a number"),
            "boolean": ((bool,), "a boolean"),
        }[type_]
    wrong_bool = isinstance(value, bool) and bool not in expected
    return words if wrong_bool or not isinstance(value, expected) else None


def _kind(value: Plain) -> str:
    words = {bool: "a boolean", str: "a string", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return words.get(type(value), "null")


def fill_defaults(
    declared: ResourceType[Any], urn: str, olds: Mapping[str, Plain], inputs: Mapping[str, Plain]
) -> dict[str, Plain]:
    """The inputs with the official provider's defaults, each level naming the filled in ones under `__defaults`.

    The name of a resource that has none is made from its Pulumi name once, and then kept.
    """
    filled = _fill(declared.properties, inputs)
    name = declared.autoname
    if name is not None and name not in filled:
        kept = olds.get(name) if name in olds.get(DEFAULTS, ()) else None
        filled[name] = kept or f"{declared.autoname_prefix}{urn.rsplit('::', 1)[-1]}-{secrets.token_hex(4)[:7]}"
        filled[DEFAULTS] = sorted([*filled[DEFAULTS], name])
    return filled


def _fill(properties: Iterable[Property], given: Mapping[str, Plain]) -> dict[str, Plain]:
    filled = {name: value for name, value in given.items() if name != DEFAULTS}
    added: list[str] = []
    for item in properties:
        if item.name in filled:
            if item.fields:
                filled[item.name] = _fill_nested(item, filled[item.name])
        elif item.default is not None and not any(other in given for other in item.conflicts):
            filled[item.name] = item.default
            added.append(item.name)
    filled[DEFAULTS] = sorted(added)
    return filled


def _fill_nested(item: Property, value: Plain) -> Plain:
    if isinstance(value, list):
        return [_fill_nested(item, part) for part in cast("list[Plain]", value)]
    return _fill(item.fields, cast("dict[str, Plain]", value)) if isinstance(value, dict) else value


def without_marks(value: Plain) -> Plain:
    """The value with `__defaults` taken out at every level."""
    if isinstance(value, dict):
        items = cast("dict[str, Plain]", value).items()
        return {key: without_marks(part) for key, part in items if key != DEFAULTS}
    if isinstance(value, list):
        return [without_marks(part) for part in cast("list[Plain]", value)]
    return value


def known(inputs: Mapping[str, Plain], *names: str) -> bool:
    """Whether all these properties are given and known: what a rule asks before it looks at them."""
    return all(name in inputs and inputs[name] is not UNKNOWN for name in names)
