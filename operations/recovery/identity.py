"""Looking up, in a twin's vCenters and clouds, the object that a pending create would have made."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from operations.errors import AnswerNo
from operations.recovery.pending import PendingOperation, UnknownIdentity
from operations.worlds.world import World
from providers.logic import ProviderError
from twin.framework.values import mark_secrets
from twin.lookup import Endpoint

if TYPE_CHECKING:
    from twin.aws.provider import AWSProvider
    from twin.vsphere.provider import VSphereProvider

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which the engine's state marks values that are not plain: secrets, assets, outputs."""

CREDENTIALS = frozenset({"password", "accessKey", "secretKey"})
"""Of the providers' settings; a state has them encrypted, a world knows them."""


@dataclass(frozen=True)
class _OneServer:
    """A lookup that knows the one server an identity is asked from."""

    endpoint_: Endpoint

    def endpoint(self, server: str) -> Endpoint | None:
        """The server, when it is the known one."""
        return self.endpoint_ if server == self.endpoint_.server else None


def identify_in(world: World, deployment: Mapping[str, Any] | None, operation: PendingOperation) -> str | None:
    """The id of the object a pending create would have made in a world; None when it is not there.

    Raises `UnknownIdentity` for a type that its inputs do not tell, `AnswerNo` when the world cannot be asked.
    """
    settings = provider_settings(deployment, operation.provider)
    provider, credentials = _provider(world, operation, settings)
    try:
        with closing(provider):
            if operation.type not in provider.identifiable_types():
                raise UnknownIdentity(operation.type)
            provider.configure(mark_secrets({**settings, **credentials}, {}, CREDENTIALS))
            return provider.identify(operation.type, mark_secrets(plain_inputs(operation.inputs), {}, frozenset()))
    except ProviderError as error:
        raise AnswerNo(f"{operation.urn} cannot be looked up: {error}") from error


def provider_settings(deployment: Mapping[str, Any] | None, provider: str) -> dict[str, Any]:
    """What a deployment says of the provider with that reference, but for secrets; empty when it says nothing."""
    urn, _, identity = provider.rpartition("::")
    for resource in (deployment or {}).get("resources") or ():
        if resource["urn"] == urn and resource.get("id") == identity:
            return plain_inputs(resource.get("inputs") or {})
    return {}


def plain_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What can be read of a resource's recorded inputs; no identity depends on a secret."""
    return {name: value for name, value in inputs.items() if not _is_marked(value)}


def _is_marked(value: object) -> bool:
    return isinstance(value, dict) and SIGNATURE in cast(dict[str, object], value)


def _provider(
    world: World, operation: PendingOperation, settings: Mapping[str, Any]
) -> tuple[VSphereProvider | AWSProvider, Mapping[str, str]]:
    """A provider of the operation's package that can reach one server of the world, and its credentials there."""
    if operation.type.startswith("aws:"):
        return _cloud(world, settings)
    return _vcenter(world, settings)


def _vcenter(world: World, settings: Mapping[str, Any]) -> tuple[VSphereProvider, Mapping[str, str]]:
    from twin.vsphere.provider import VSphereProvider  # noqa: PLC0415 - seconds of schema that only a recovery needs

    server = str(settings.get("vsphereServer", ""))
    for name, vcenter in world.vcenters.items():
        if vcenter.server == server:
            endpoint = Endpoint(world.territory, "vsphere", name, server, "")
            return VSphereProvider(_OneServer(endpoint)), {"user": vcenter.user, "password": vcenter.password}
    raise UnknownIdentity(f"its vCenter {server or 'is unknown and'} is not one of {world.territory}'s")


def _cloud(world: World, settings: Mapping[str, Any]) -> tuple[AWSProvider, Mapping[str, str]]:
    from twin.aws.provider import AWSProvider  # noqa: PLC0415 - as above
    from twin.aws.settings import first_server  # noqa: PLC0415

    server = first_server(settings)
    for name, cloud in world.clouds.items():
        if cloud.endpoint.removeprefix("http://") == server:
            endpoint = Endpoint(world.territory, "aws", name, server, "")
            keys = {"accessKey": cloud.access_key_id, "secretKey": cloud.secret_access_key}
            return AWSProvider(_OneServer(endpoint)), keys
    raise UnknownIdentity(f"its cloud {server or 'is unknown and'} is not one of {world.territory}'s")
