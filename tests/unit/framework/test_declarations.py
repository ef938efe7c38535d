"""Every declaration agrees with the official schema: nothing invented, nothing misspelt, nothing forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from twin.aws.provider import PACKAGE as AWS
from twin.aws.provider import SCHEMA as AWS_SCHEMA
from twin.framework.check import check_inputs
from twin.framework.declaration import Given, Kept, Package, Property, ResourceType
from twin.framework.schema import ResourceFacts, SchemaFacts
from twin.vsphere.provider import PACKAGE as VSPHERE
from twin.vsphere.provider import SCHEMA as VSPHERE_SCHEMA

PACKAGES: dict[str, tuple[Package[Any], SchemaFacts]] = {
    "aws": (AWS, AWS_SCHEMA),
    "vsphere": (VSPHERE, VSPHERE_SCHEMA),
}
TYPES = sorted(token for package, _ in PACKAGES.values() for token in package.types)
SOURCES = sorted(token for package, _ in PACKAGES.values() for token in package.sources)


def _type(token: str) -> tuple[ResourceType[Any], ResourceFacts, SchemaFacts]:
    package, schema = PACKAGES[token.split(":", maxsplit=1)[0]]
    return package.types[token], schema.resources[token], schema


@pytest.mark.parametrize("token", TYPES)
def test_properties_are_the_schemas(token: str) -> None:
    declared, facts, _schema = _type(token)
    names = [item.name for item in declared.properties]
    assert len(names) == len(set(names))
    assert set(names) <= facts.inputs.keys()
    assert facts.required <= set(names)
    assert {item.name for item in declared.outputs} <= facts.computed.keys()
    assert set(declared.identity) <= set(names)
    assert declared.autoname is None or declared.autoname in names


def _nested(items: tuple[Property, ...], types: dict[str, Any], schema: SchemaFacts) -> list[tuple[Property, Any]]:
    found: list[tuple[Property, Any]] = []
    for item in items:
        found.append((item, types[item.name]))
        below = schema.object_of(types[item.name])
        if below is not None:
            found += _nested(item.fields, dict(below.properties), schema)
    return found


@pytest.mark.parametrize("token", TYPES)
def test_nested_fields_are_the_schemas(token: str) -> None:
    declared, facts, schema = _type(token)
    types = {name: fact.type for name, fact in facts.inputs.items()}
    for item, type_ in _nested(declared.properties, types, schema):
        below = schema.object_of(type_)
        if below is None:
            assert not item.fields, item.name
        else:
            assert {part.name for part in item.fields} <= below.properties.keys()
            assert below.required <= {part.name for part in item.fields}


@pytest.mark.parametrize("token", TYPES)
def test_defaults_and_samples_would_be_accepted(token: str) -> None:
    declared, facts, schema = _type(token)
    for item in declared.properties:
        values = [*item.samples, *([] if item.default is None else [item.default])]
        for value in values:
            failures = check_inputs(declared, facts, schema, {item.name: _stand_in(value)})
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
    bare = [item.name for item in _type(token)[0].properties if item.kept is Kept.WORLD and not item.samples]
    assert not bare


@pytest.mark.parametrize("token", SOURCES)
def test_data_sources_are_the_schemas(token: str) -> None:
    package, schema = PACKAGES[token.split(":", maxsplit=1)[0]]
    source, facts = package.sources[token], schema.functions[token]
    assert set(source.arguments) <= facts.inputs.keys()
    assert facts.required <= set(source.arguments)
    assert set(source.results) <= facts.outputs.keys()
