"""How much of an official provider its stand-in exercises, from the declarations themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from twin.framework.declaration import DataSource, Kept, Package, Property, ResourceType
from twin.framework.schema import ResourceFacts, SchemaFacts


@dataclass(frozen=True)
class TypeFidelity:
    """One resource type. Names of nested fields are dotted."""

    token: str
    exercised: tuple[str, ...]
    """Written to the world and read back from it."""
    instructions: tuple[str, ...]
    """For the provider itself, kept in the state: no world has a place for them."""
    refused: tuple[str, ...]
    """In the official schema, refused by name here."""
    outputs: tuple[str, ...]
    outputs_left_out: tuple[str, ...]
    import_syntax: str


@dataclass(frozen=True)
class SourceFidelity:
    """One data source."""

    token: str
    arguments: tuple[str, ...]
    arguments_refused: tuple[str, ...]
    results: tuple[str, ...]
    results_left_out: tuple[str, ...]


@dataclass(frozen=True)
class Fidelity:
    """The whole package."""

    schema: str
    """Where the schema facts come from."""
    types: tuple[TypeFidelity, ...]
    types_refused: tuple[str, ...]
    sources: tuple[SourceFidelity, ...]
    sources_refused: tuple[str, ...]


def fidelity(package: Package[Any], schema: SchemaFacts) -> Fidelity:
    """What is exercised, what is refused, what is left out."""
    types = schema.resources.keys() | schema.other_resources
    sources = schema.functions.keys() | schema.other_functions
    return Fidelity(
        schema=schema.source,
        types=tuple(_type(item, schema.resources[token], schema) for token, item in sorted(package.types.items())),
        types_refused=tuple(sorted(types - package.types.keys())),
        sources=tuple(_source(item, schema) for _, item in sorted(package.sources.items())),
        sources_refused=tuple(sorted(sources - package.sources.keys())),
    )


def _type(declared: ResourceType[Any], facts: ResourceFacts, schema: SchemaFacts) -> TypeFidelity:
    names = {item.name for item in declared.properties}
    nested = [
        field for item in declared.properties for field in _refused_fields(item, facts.inputs[item.name].type, schema)
    ]
    outputs = {item.name for item in declared.outputs}
    return TypeFidelity(
        token=declared.token,
        exercised=_sorted(item.name for item in declared.properties if item.kept is Kept.WORLD),
        instructions=_sorted(item.name for item in declared.properties if item.kept is Kept.STATE),
        refused=_sorted([*(facts.inputs.keys() - names), *nested]),
        outputs=_sorted(outputs),
        outputs_left_out=_sorted(facts.computed.keys() - outputs),
        import_syntax=declared.import_syntax,
    )


def _refused_fields(item: Property, type_: object, schema: SchemaFacts, prefix: str = "") -> list[str]:
    facts = schema.object_of(type_)
    if facts is None:
        return []
    here = f"{prefix}{item.name}."
    known = {field.name: field for field in item.fields}
    refused = [f"{here}{name}" for name in facts.properties if name not in known]
    for name, field in known.items():
        refused += _refused_fields(field, facts.properties[name], schema, here)
    return refused


def _source(source: DataSource[Any], schema: SchemaFacts) -> SourceFidelity:
    facts = schema.functions[source.token]
    return SourceFidelity(
        token=source.token,
        arguments=_sorted(source.arguments),
        arguments_refused=_sorted(facts.inputs.keys() - set(source.arguments)),
        results=_sorted(source.results),
        results_left_out=_sorted(facts.outputs.keys() - set(source.results)),
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
