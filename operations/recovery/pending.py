"""What to do about operations that an engine began and never saw the end of.

The state names each of them. A pending create may or may not have happened: its object is looked up by what makes it
unique in its world (its inventory path), then imported under the identity it has, or forgotten when it is not there. A
create that cannot be looked up is a person's decision. Everything else a refresh settles.

The engine's own `refresh --import-pending-creates` is no help: 3.259.0 marks the operation as an import, and then drops
it with all others, so that the next `up` makes a second object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from operations.errors import AnswerNo

CREATING = "creating"


@dataclass(frozen=True)
class PendingOperation:
    """One entry of `pending_operations` in a deployment."""

    urn: str
    type: str
    kind: str
    """`creating`, `updating`, `deleting`, `reading` or `importing`."""
    provider: str
    """Reference of the provider instance: URN, `::`, id."""
    inputs: Mapping[str, Any]
    """As in the state: secrets stay encrypted."""
    custom: bool = True
    """Managed by a provider; a component is not."""

    @property
    def is_record(self) -> bool:
        """Whether it is a record of the engine's own, of which no world holds anything: a component, a provider."""
        return not self.custom or self.type.startswith("pulumi:")


class UnknownIdentity(Exception):  # noqa: N818 - a state of knowledge
    """A type has no identity by which its object could be looked up."""


Identify = Callable[[PendingOperation], str | None]
"""Answers with the id of the object a pending create would have made, None when it is not there; raises
`UnknownIdentity` when that cannot be found out."""


@dataclass(frozen=True)
class Resolution:
    """How a stack's pending operations are settled."""

    imports: Mapping[str, str]
    """URN to id of creates that did happen."""
    cleared: tuple[str, ...]
    """URNs of creates that did not."""
    refreshed: tuple[str, ...]
    """URNs whose other operations a refresh settles."""

    @property
    def needed(self) -> bool:
        """Whether there is anything to settle."""
        return bool(self.imports or self.cleared or self.refreshed)


def pending_operations(deployment: Mapping[str, Any] | None) -> list[PendingOperation]:
    """The pending operations of an exported deployment."""
    entries: Iterable[Mapping[str, Any]] = (deployment or {}).get("pending_operations") or ()
    return [
        PendingOperation(
            urn=entry["resource"]["urn"],
            type=entry["resource"]["type"],
            kind=entry["type"],
            provider=entry["resource"].get("provider", ""),
            inputs=entry["resource"].get("inputs") or {},
            custom=bool(entry["resource"].get("custom")),
        )
        for entry in entries
    ]


def resolve(stack: str, deployment: Mapping[str, Any] | None, identify: Identify) -> Resolution:
    """Decide about every pending operation of a stack.

    An object found under an id that the state already knows for the same URN is the one being replaced, not the one
    being made. Raises `AnswerNo` naming each URN that cannot be looked up; nothing has been changed by then.
    """
    imports: dict[str, str] = {}
    cleared: list[str] = []
    refreshed: list[str] = []
    unknown: list[str] = []
    known = _ids_by_urn(deployment)
    for operation in pending_operations(deployment):
        if operation.kind != CREATING:
            refreshed.append(operation.urn)
            continue
        try:
            found = None if operation.is_record else identify(operation)
        except UnknownIdentity as error:
            unknown.append(f"{operation.urn} ({error})" if str(error) else operation.urn)
            continue
        if found is None or found in known.get(operation.urn, ()):
            cleared.append(operation.urn)
        else:
            imports[operation.urn] = found
    if unknown:
        raise AnswerNo(
            f"an earlier run of {stack} was killed while it created what cannot be looked up:\n  "
            + "\n  ".join(unknown),
            f"look for each; where it exists: pulumi import TYPE NAME ID -s {stack}; "
            f"then: pulumi refresh -s {stack} --clear-pending-creates",
        )
    return Resolution(imports, tuple(cleared), tuple(refreshed))


def settled(deployment: Mapping[str, Any], resolution: Resolution) -> dict[str, Any]:
    """The deployment in which every create that happened is a resource, and none is pending any more.

    What a resource looks like in its world is not known here: a refresh has to follow.
    """
    resources: list[dict[str, Any]] = [dict(resource) for resource in deployment.get("resources") or ()]
    for entry in deployment.get("pending_operations") or ():
        created: dict[str, Any] = entry["resource"]
        if entry["type"] == CREATING and created["urn"] in resolution.imports:
            identity = resolution.imports[created["urn"]]
            _put(resources, {**created, "id": identity, "outputs": created.get("inputs") or {}})
    others = [entry for entry in deployment.get("pending_operations") or () if entry["type"] != CREATING]
    return {**deployment, "resources": resources, "pending_operations": others}


def _put(resources: list[dict[str, Any]], created: dict[str, Any]) -> None:
    """Add a resource where the engine would have: last, unless it takes the place of one that is being replaced.

    One already deleted for its replacement goes; one that still exists is left for the engine to delete.
    """
    for index, old in enumerate(resources):
        if old["urn"] == created["urn"] and not old.get("delete"):
            resources[index] = created
            if not old.get("pendingReplacement"):
                resources.append({**old, "delete": True})
            return
    resources.append(created)


def _ids_by_urn(deployment: Mapping[str, Any] | None) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for resource in (deployment or {}).get("resources") or ():
        if resource.get("id"):
            known.setdefault(resource["urn"], set()).add(resource["id"])
    return known
