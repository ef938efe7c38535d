"""The official schema, as facts: what a type's properties are called, which are required, which force a replacement."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

TOKENS_FILE: Final = "tokens.json"


@dataclass(frozen=True)
class PropertyFacts:
    """One input of a resource type in the official schema."""

    type: Any
    """`string`, `integer`, `number`, `boolean`, `[T]` for lists, `{"*": T}` for maps, or the name of an object type."""
    forces_new: bool = False
    secret: bool = False


@dataclass(frozen=True)
class ObjectFacts:
    """A nested object type."""

    properties: Mapping[str, Any]
    required: frozenset[str]


@dataclass(frozen=True)
class ResourceFacts:
    """One resource type."""

    terraform: str
    """The type's name in Terraform; empty where the facts do not say it."""
    inputs: Mapping[str, PropertyFacts]
    required: frozenset[str]
    computed: Mapping[str, Any]
    """Outputs that are not inputs."""
    secret_outputs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FunctionFacts:
    """One data source."""

    inputs: Mapping[str, Any]
    required: frozenset[str]
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class SchemaFacts:
    """A package's schema."""

    source: str
    resources: Mapping[str, ResourceFacts]
    functions: Mapping[str, FunctionFacts]
    objects: Mapping[str, ObjectFacts] = field(default_factory=dict[str, ObjectFacts])
    other_resources: frozenset[str] = frozenset()
    """Official tokens of which nothing but the name is known here."""
    other_functions: frozenset[str] = frozenset()

    @staticmethod
    def load(file: Path) -> SchemaFacts:
        """Read the facts that were extracted from the official schema."""
        raw: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return SchemaFacts(
            source=raw["source"],
            resources={token: _resource(entry) for token, entry in raw["resources"].items()},
            functions={
                token: FunctionFacts(entry["inputs"], frozenset(entry["required"]), entry["outputs"])
                for token, entry in raw["functions"].items()
            },
            objects={
                name: ObjectFacts(entry["properties"], frozenset(entry["required"]))
                for name, entry in raw["types"].items()
            },
        )

    @staticmethod
    def load_directory(directory: Path) -> SchemaFacts:
        """Read facts that are cut into a file a module, beside `tokens.json` with the names of everything official."""
        names: dict[str, Any] = json.loads((directory / TOKENS_FILE).read_text("utf-8"))
        resources: dict[str, ResourceFacts] = {}
        objects: dict[str, ObjectFacts] = {}
        for file in sorted(directory.glob("*.json")):
            if file.name != TOKENS_FILE:
                part = SchemaFacts.load(file)
                resources.update(part.resources)
                objects.update(part.objects)
        return SchemaFacts(
            source=names["source"],
            resources=resources,
            functions={},
            objects=objects,
            other_resources=frozenset(names["resources"]) - resources.keys(),
            other_functions=frozenset(names["functions"]),
        )

    def object_of(self, type_: Any) -> ObjectFacts | None:
        """The object type behind a property's type: itself, or the items of a list of them."""
        inner = type_[0] if isinstance(type_, list) else type_
        return self.objects.get(inner) if isinstance(inner, str) else None


def _resource(entry: Mapping[str, Any]) -> ResourceFacts:
    inputs = {
        name: PropertyFacts(fact["type"], fact.get("forces_new", False), fact.get("secret", False))
        for name, fact in entry["inputs"].items()
    }
    return ResourceFacts(
        entry.get("terraform") or "",
        inputs,
        frozenset(entry["required"]),
        entry["computed"],
        frozenset(entry.get("secret_outputs", ())),
    )
