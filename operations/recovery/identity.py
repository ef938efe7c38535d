"""Looking up, in a twin's vCenters, the object that a pending create would have made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from operations.errors import AnswerNo
from operations.recovery.pending import PendingOperation, UnknownIdentity
from operations.worlds.world import VCenterAccess, World
from providers.logic import ProviderError
from twin.framework.values import mark_secrets
from twin.lookup import Endpoint
from twin.vsphere.provider import VSphereProvider

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which the engine's state marks values that are not plain: secrets, assets, outputs."""


@dataclass(frozen=True)
class _OneVCenter:
    """A lookup that knows the one server an identity is asked from."""

    endpoint_: Endpoint

    def endpoint(self, server: str) -> Endpoint | None:
        """The server, when it is the known one."""
        return self.endpoint_ if server == self.endpoint_.server else None


def identify_in(world: World, deployment: Mapping[str, Any] | None, operation: PendingOperation) -> str | None:
    """The id of the object a pending create would have made in a world; None when it is not there.

    Raises `UnknownIdentity` for a type that its inputs do not tell, `AnswerNo` when the vCenter cannot be asked.
    """
    server = server_of(deployment, operation.provider)
    found = next(((name, vcenter) for name, vcenter in world.vcenters.items() if vcenter.server == server), None)
    if found is None:
        raise UnknownIdentity(f"its vCenter {server or 'is unknown and'} is not one of {world.territory}'s")
    return _ask(world.territory, *found, operation)


def server_of(deployment: Mapping[str, Any] | None, provider: str) -> str:
    """The vCenter a provider reference of a deployment is configured for; empty when the state does not say."""
    urn, _, identity = provider.rpartition("::")
    for resource in (deployment or {}).get("resources") or ():
        if resource["urn"] == urn and resource.get("id") == identity:
            return str((resource.get("inputs") or {}).get("vsphereServer", ""))
    return ""


def plain_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What can be read of a resource's recorded inputs; no identity depends on a secret."""
    return {name: value for name, value in inputs.items() if not _is_marked(value)}


def _is_marked(value: object) -> bool:
    return isinstance(value, dict) and SIGNATURE in cast(dict[str, object], value)


def _ask(territory: str, datacenter: str, vcenter: VCenterAccess, operation: PendingOperation) -> str | None:
    endpoint = Endpoint(territory, "vsphere", datacenter, vcenter.server, "")
    provider = VSphereProvider(_OneVCenter(endpoint))
    settings = {
        "vsphereServer": vcenter.server,
        "user": vcenter.user,
        "password": vcenter.password,
        "allowUnverifiedSsl": True,
    }
    try:
        if operation.type not in provider.identifiable_types():
            raise UnknownIdentity(operation.type)
        provider.configure(mark_secrets(settings, {}, frozenset({"password"})))
        return provider.identify(operation.type, mark_secrets(plain_inputs(operation.inputs), {}, frozenset()))
    except ProviderError as error:
        raise AnswerNo(f"{operation.urn} cannot be looked up: {error}") from error
    finally:
        provider.close()
