"""What changed between two plans, down to the property."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, cast

from pydantic import Field

from planning.plan import Model, Plan, PlannedResource, StackPlan
from planning.values import Value, contains_unknown, fingerprint_of, is_secret, members

_ABSENT: Any = object()


class Kind(StrEnum):
    """How a property differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SECRET = "secret"  # noqa: S105 - a kind of change
    """A secret's value changed: its fingerprint did."""
    UNKNOWN = "unknown"
    """It may be equal or not: one side is not known before deployment, the other is or looks different."""


class PropertyChange(Model):
    """One difference inside a resource."""

    path: str
    """Field and property path, as Pulumi writes it. Example: `inputs.hosts[0].name`, `options.protect`."""
    kind: Kind
    before: Value = None
    after: Value = None


class ResourceChange(Model):
    """A resource that both plans have, differently."""

    urn: str
    changes: tuple[PropertyChange, ...]


class Moved(Model):
    """A resource under a new URN that names the old one among its aliases."""

    before: str
    after: str


class Difference(Model):
    """From one plan to the next."""

    added: tuple[PlannedResource, ...] = ()
    removed: tuple[PlannedResource, ...] = ()
    moved: tuple[Moved, ...] = ()
    changed: tuple[ResourceChange, ...] = ()
    outputs: dict[str, tuple[PropertyChange, ...]] = Field(default={})
    """Stack to what changed among its outputs."""
    secrets_compared: bool = True
    """False when the plans' fingerprints were made with different keys: a changed secret goes unseen."""


def difference(before: Plan, after: Plan) -> Difference:
    """Compare two plans. Source lines and messages do not count; a changed alias or option does."""
    secrets = before.fingerprint_key == after.fingerprint_key
    old, new = _resources(before), _resources(after)
    former = {alias: resource.urn for resource in new.values() for alias in resource.options.aliases}
    moved = {urn: former[urn] for urn in old if urn not in new and former.get(urn) in new and former[urn] not in old}
    compared = [(old[urn], new[moved.get(urn, urn)]) for urn in old if moved.get(urn, urn) in new]
    changes = [ResourceChange(urn=b.urn, changes=_resource_changes(a, b, secrets)) for a, b in compared]
    arrived = set(moved.values())
    outputs = {
        name: tuple(_changes("outputs", a.outputs, b.outputs, secrets)) for name, a, b in _common_stacks(before, after)
    }
    return Difference(
        added=tuple(resource for urn, resource in new.items() if urn not in old and urn not in arrived),
        removed=tuple(resource for urn, resource in old.items() if urn not in new and urn not in moved),
        moved=tuple(Moved(before=a, after=b) for a, b in moved.items()),
        changed=tuple(change for change in changes if change.changes),
        outputs={name: found for name, found in outputs.items() if found},
        secrets_compared=secrets,
    )


def _resources(plan: Plan) -> dict[str, PlannedResource]:
    return {resource.urn: resource for stack in plan.stacks for resource in stack.resources}


def _common_stacks(before: Plan, after: Plan) -> Iterator[tuple[str, StackPlan, StackPlan]]:
    new = {stack.name: stack for stack in after.stacks}
    yield from ((stack.name, stack, new[stack.name]) for stack in before.stacks if stack.name in new)


def _resource_changes(before: PlannedResource, after: PlannedResource, secrets: bool) -> tuple[PropertyChange, ...]:
    fields = ("custom", "external", "id", "parent", "provider", "dependencies", "options", "inputs")
    old, new = (resource.model_dump(mode="json", include=set(fields)) for resource in (before, after))
    return tuple(change for field in fields for change in _changes(field, old[field], new[field], secrets))


def _changes(path: str, before: Value, after: Value, secrets: bool) -> Iterator[PropertyChange]:
    if before is _ABSENT or before is None:
        if after is not None and after is not _ABSENT:
            yield PropertyChange(path=path, kind=Kind.ADDED, after=after)
    elif after is _ABSENT or after is None:
        yield PropertyChange(path=path, kind=Kind.REMOVED, before=before)
    elif is_secret(before) and is_secret(after):
        if secrets and fingerprint_of(before) != fingerprint_of(after):
            yield PropertyChange(path=path, kind=Kind.SECRET, before=before, after=after)
    elif (old := members(before)) is not None and (new := members(after)) is not None:
        for key in sorted({*old, *new}):
            yield from _changes(_member(path, key), old.get(key, _ABSENT), new.get(key, _ABSENT), secrets)
    elif isinstance(before, list) and isinstance(after, list):
        lists = cast("list[Value]", before), cast("list[Value]", after)
        for index in range(max(map(len, lists))):
            first, second = (side[index] if index < len(side) else _ABSENT for side in lists)
            yield from _changes(f"{path}[{index}]", first, second, secrets)
    elif before != after:
        kind = Kind.UNKNOWN if contains_unknown(before) or contains_unknown(after) else Kind.CHANGED
        yield PropertyChange(path=path, kind=kind, before=before, after=after)


def _member(path: str, key: str) -> str:
    return f"{path}.{key}" if re.fullmatch(r"[A-Za-z_$][\w$]*", key) else f'{path}["{key}"]'
