"""The official schema, as facts: what a type's properties are called, which are required, which force a replacement."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


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
    inputs: Mapping[str, PropertyFacts]
    required: frozenset[str]
    computed: Mapping[str, Any]
    """Outputs that are not inputs."""


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

    def object_of(self, type_: Any) -> ObjectFacts | None:
        """The object type behind a property's type: itself, or the items of a list of them."""
        inner = type_[0] if isinstance(type_, list) else type_
        return self.objects.get(inner) if isinstance(inner, str) else None


def _resource(entry: Mapping[str, Any]) -> ResourceFacts:
    inputs = {
        name: PropertyFacts(fact["type"], fact.get("forces_new", False), fact.get("secret", False))
        for name, fact in entry["inputs"].items()
    }
    return ResourceFacts(entry["terraform"], inputs, frozenset(entry["required"]), entry["computed"])
