"""The packages the twin stands in for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.lookup import WorldLookup

if TYPE_CHECKING:
    from providers.logic import Properties, ProviderLogic


@dataclass(frozen=True)
class Package:
    """How to make a provider of one package, and how to read from its configuration which server it is for."""

    version: str
    """Of the official plugin it stands in for; the SDK asks for exactly this one."""
    make: Callable[[WorldLookup], ProviderLogic]
    server: Callable[[Properties], str]
    """The address (`127.0.0.1:41001`) in a known configuration; empty if there is none."""


def _vsphere(worlds: WorldLookup) -> ProviderLogic:
    # The daemon is ready long before the first provider needs pyVmomi and the schema.
    from twin.vsphere.provider import VSphereProvider  # noqa: PLC0415

    return VSphereProvider(worlds)


def _vsphere_server(config: Properties) -> str:
    server = config.get("vsphereServer")
    return server.value if server is not None and isinstance(server.value, str) else ""


def _aws(worlds: WorldLookup) -> ProviderLogic:
    # Likewise for boto3.
    from twin.aws.provider import AWSProvider  # noqa: PLC0415

    return AWSProvider(worlds)


def _aws_server(config: Properties) -> str:
    from twin.aws.settings import first_server  # noqa: PLC0415
    from twin.framework.values import plain_map  # noqa: PLC0415

    return first_server(plain_map(config))


PACKAGES: Mapping[str, Package] = {
    "aws": Package(version="7.51.0", make=_aws, server=_aws_server),
    "vsphere": Package(version="4.17.1", make=_vsphere, server=_vsphere_server),
}
"""By name, as in a resource's type token."""
