"""How much of the official vsphere provider the stand-in exercises, from its own declarations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.framework.declaration import Kept, Property
from twin.vsphere.provider import PACKAGE, SCHEMA


@dataclass(frozen=True)
class TypeFidelity:
    """One resource type. Names of nested fields are dotted."""

    token: str
    exercised: tuple[str, ...]
    """Written to the vCenter and read back from it."""
    instructions: tuple[str, ...]
    """For the provider itself, kept in the state: no vCenter has a place for them."""
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


def fidelity() -> Fidelity:
    """What is exercised, what is refused, what is left out."""
    return Fidelity(
        schema=SCHEMA.source,
        types=tuple(_type(token) for token in sorted(PACKAGE.types)),
        types_refused=tuple(sorted(SCHEMA.resources.keys() - PACKAGE.types.keys())),
        sources=tuple(_source(token) for token in sorted(PACKAGE.sources)),
        sources_refused=tuple(sorted(SCHEMA.functions.keys() - PACKAGE.sources.keys())),
    )


def _type(token: str) -> TypeFidelity:
    declared, facts = PACKAGE.types[token], SCHEMA.resources[token]
    names = {item.name for item in declared.properties}
    nested = [field for item in declared.properties for field in _refused_fields(item, facts.inputs[item.name].type)]
    outputs = {item.name for item in declared.outputs}
    return TypeFidelity(
        token=token,
        exercised=_sorted(item.name for item in declared.properties if item.kept is Kept.WORLD),
        instructions=_sorted(item.name for item in declared.properties if item.kept is Kept.STATE),
        refused=_sorted([*(facts.inputs.keys() - names), *nested]),
        outputs=_sorted(outputs),
        outputs_left_out=_sorted(facts.computed.keys() - outputs),
        import_syntax=declared.import_syntax,
    )


def _refused_fields(item: Property, type_: object, prefix: str = "") -> list[str]:
    facts = SCHEMA.object_of(type_)
    if facts is None:
        return []
    here = f"{prefix}{item.name}."
    known = {field.name: field for field in item.fields}
    refused = [f"{here}{name}" for name in facts.properties if name not in known]
    for name, field in known.items():
        refused += _refused_fields(field, facts.properties[name], here)
    return refused


def _source(token: str) -> SourceFidelity:
    source, facts = PACKAGE.sources[token], SCHEMA.functions[token]
    return SourceFidelity(
        token=token,
        arguments=_sorted(source.arguments),
        arguments_refused=_sorted(facts.inputs.keys() - set(source.arguments)),
        results=_sorted(source.results),
        results_left_out=_sorted(facts.outputs.keys() - set(source.results)),
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
