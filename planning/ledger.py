"""What a program has registered so far, and the engine's rules about what it may register next."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from google.protobuf import struct_pb2
from pulumi.runtime.proto import callback_pb2, resource_pb2, source_pb2

from planning.errors import RegistrationRefused
from planning.plan import PlannedResource, Source
from planning.urns import make_urn, parse_urn
from planning.values import Value

_NOT_THE_PROGRAM = (sys.prefix, Path(__file__).parent)


@dataclass(frozen=True)
class Entry:
    """A registered resource with what its children and its readers need of it."""

    resource: PlannedResource
    state: struct_pb2.Struct
    """Its outputs as the program received them."""
    id: str
    """Its id as the program received it; empty when not known."""
    transforms: tuple[callback_pb2.Callback, ...] = ()
    deleted_with: str = ""
    retain_on_delete: bool | None = None
    protect: bool | None = None
    provider: str = ""
    providers: tuple[tuple[str, str], ...] = ()


class Ledger:
    """The registrations of one stack."""

    def __init__(self, stack: str, project: str, root: Path) -> None:
        self.stack = stack
        self.project = project
        self._root = root
        self._entries: dict[str, Entry] = {}

    @property
    def resources(self) -> tuple[PlannedResource, ...]:
        """Everything registered, by URN: the order of registration is left to chance when callbacks are involved."""
        return tuple(self._entries[urn].resource for urn in sorted(self._entries))

    def get(self, urn: str) -> Entry | None:
        """What was registered under this URN."""
        return self._entries.get(urn)

    def lineage(self, urn: str) -> Iterator[Entry]:
        """The entry of this URN, then its parent's, up to the stack."""
        entry = self._entries.get(urn)
        while entry is not None:
            yield entry
            entry = self._entries.get(entry.resource.parent or "")

    def claim(self, parent: str, type_: str, name: str, source: Source | None) -> str:
        """The URN of a resource about to be registered; refused when taken or when its parent does not exist."""
        try:
            urn = make_urn(self.stack, self.project, parent, type_, name)
        except ValueError as error:
            raise self.refused(f"invalid parent URN: {error}", source) from None
        if parent and parent not in self._entries:
            raise self.refused(f"could not find parent resource {parent}", source)
        if taken := self._entries.get(urn):
            first = taken.resource.source
            raise self.refused(
                f"Duplicate resource URN '{urn}'; try giving it a unique name",
                source,
                remedy=f"It was first registered at {first}." if first else None,
            )
        return urn

    def add(self, entry: Entry) -> None:
        """Write a registration down."""
        self._entries[entry.resource.urn] = entry

    def register_outputs(self, urn: str, outputs: dict[str, Value]) -> PlannedResource:
        """Write down what a component found out about itself."""
        entry = self._entries.get(urn)
        if entry is None:
            raise self.refused(f"cannot complete a resource '{urn}' whose registration isn't pending", None)
        resource = entry.resource.model_copy(update={"outputs": outputs})
        self._entries[urn] = replace(entry, resource=resource)
        return resource

    def source(self, position: source_pb2.SourcePosition, trace: source_pb2.StackTrace) -> Source | None:
        """Where a request came from: the innermost line of the checkout's own."""
        for place in (position, *(frame.pc for frame in trace.frames)):
            if (file := _own_file(self._root, place.uri)) is not None:
                return Source(file=file, line=place.line)
        return None

    def refused(self, message: str, source: Source | None, remedy: str | None = None) -> RegistrationRefused:
        """The error to raise for a registration that the engine would not take."""
        return RegistrationRefused(
            message, remedy=remedy, stack=self.stack, source=None if source is None else str(source)
        )

    def inherit(self, request: resource_pb2.RegisterResourceRequest) -> None:
        """Fill in the options a child takes from its parent: deletedWith, protect, retainOnDelete, provider."""
        parent = self._entries.get(request.parent)
        if parent is None:
            return
        if not request.deletedWith:
            request.deletedWith = parent.deleted_with
        if not request.HasField("protect") and parent.protect is not None:
            request.protect = parent.protect
        if not request.HasField("retainOnDelete") and parent.retain_on_delete is not None:
            request.retainOnDelete = parent.retain_on_delete
        if not request.provider and parent.provider and (request.custom or request.remote):
            package = parse_urn(parent.provider.rpartition("::")[0]).type.rpartition(":")[2]
            if package == request.type.partition(":")[0]:
                request.provider = parent.provider

    def component_providers(self, parent: str) -> dict[str, str]:
        """The providers a component hands down to its children, by package."""
        entry = self._entries.get(parent)
        return dict(entry.providers) if entry and not entry.resource.custom else {}


@cache
def _own_file(root: Path, uri: str) -> str | None:
    """The file relative to the checkout; None when it is not of the program's own. Each request brings dozens."""
    path = Path(unquote(urlsplit(uri).path))
    if path.is_relative_to(root) and not any(path.is_relative_to(other) for other in _NOT_THE_PROGRAM):
        return str(path.relative_to(root))
    return None
