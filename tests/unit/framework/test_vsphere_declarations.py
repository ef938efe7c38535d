"""Every declaration agrees with the official schema: nothing invented, nothing misspelt, nothing forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from twin.framework.check import check_inputs
from twin.framework.declaration import Given, Kept, Property
from twin.vsphere.provider import PACKAGE, SCHEMA

TYPES = sorted(PACKAGE.types)
SOURCES = sorted(PACKAGE.sources)


@pytest.mark.parametrize("token", TYPES)
def test_properties_are_the_schemas(token: str) -> None:
    declared, facts = PACKAGE.types[token], SCHEMA.resources[token]
    names = [item.name for item in declared.properties]
    assert len(names) == len(set(names))
    assert set(names) <= facts.inputs.keys()
    assert facts.required <= set(names)
    assert {item.name for item in declared.outputs} <= facts.computed.keys()
    assert set(declared.identity) <= set(names)
    assert declared.autoname is None or declared.autoname in names


def _nested(items: tuple[Property, ...], types: dict[str, Any]) -> list[tuple[Property, Any]]:
    found: list[tuple[Property, Any]] = []
    for item in items:
        found.append((item, types[item.name]))
        below = SCHEMA.object_of(types[item.name])
        if below is not None:
            found += _nested(item.fields, dict(below.properties))
    return found


@pytest.mark.parametrize("token", TYPES)
def test_nested_fields_are_the_schemas(token: str) -> None:
    types = {name: fact.type for name, fact in SCHEMA.resources[token].inputs.items()}
    for item, type_ in _nested(PACKAGE.types[token].properties, types):
        below = SCHEMA.object_of(type_)
        if below is None:
            assert not item.fields, item.name
        else:
            assert {part.name for part in item.fields} <= below.properties.keys()
            assert below.required <= {part.name for part in item.fields}


@pytest.mark.parametrize("token", TYPES)
def test_defaults_and_samples_would_be_accepted(token: str) -> None:
    declared, facts = PACKAGE.types[token], SCHEMA.resources[token]
    for item in declared.properties:
        values = [*item.samples, *([] if item.default is None else [item.default])]
        for value in values:
            failures = check_inputs(declared, facts, SCHEMA, {item.name: _stand_in(value)})
            mine = [
                failure
                for failure in failures
                if failure.property.startswith(item.name) and "required" not in failure.reason
            ]
            assert not [failure for failure in mine if "must be" in failure.reason or "expected" in failure.reason]


def _stand_in(value: Any) -> Any:
    if isinstance(value, Given):
        return "id-of-something"
    if isinstance(value, list):
        return [_stand_in(part) for part in value]
    return {key: _stand_in(part) for key, part in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("token", TYPES)
def test_every_property_of_the_world_has_samples(token: str) -> None:
    bare = [item.name for item in PACKAGE.types[token].properties if item.kept is Kept.WORLD and not item.samples]
    assert not bare


@pytest.mark.parametrize("token", SOURCES)
def test_data_sources_are_the_schemas(token: str) -> None:
    source, facts = PACKAGE.sources[token], SCHEMA.functions[token]
    assert set(source.arguments) <= facts.inputs.keys()
    assert facts.required <= set(source.arguments)
    assert set(source.results) <= facts.outputs.keys()
