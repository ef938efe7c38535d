"""Every host that a territory declares: what it is, how far it is hardened, and how automation reaches it. Pure.

A host has the name of its virtual machine or instance. Stacks, inventory and ssh configuration read the same list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from territory import addressing, cloud_addressing, naming, topology
from territory.model import Asset, Criticality, Service, Territory, Zone


class HostRole(StrEnum):
    """What a host is there for."""

    BASTION = "bastion"
    """The way into a datacenter, and where journals are received."""
    BORDER_ROUTER = "border-router"
    COMMUNE_ROUTER = "commune-router"
    SERVICE = "service"
    """A guest in a datacenter that a private asset runs on."""
    PUBLIC = "public"
    """An instance in a cloud region that a public asset runs on."""


ROUTERS = frozenset({HostRole.BORDER_ROUTER, HostRole.COMMUNE_ROUTER})
"""The roles that forward what is not for them."""


class HardeningLevel(StrEnum):
    """The levels of ANSSI-BP-028 that hosts have, each with all that the one before asks for."""

    INTERMEDIARY = "intermediary"
    ENHANCED = "enhanced"


@dataclass(frozen=True)
class Way:
    """One way by which automation reaches a host."""

    jump: str | None
    """The host whose ssh server forwards there; None when automation gets there by itself."""
    address: IPv4Address
    """The host's address as seen from there."""


@dataclass(frozen=True)
class Host:
    """One declared virtual machine or instance."""

    name: str
    """As in its vCenter or cloud. Example: `lac-bastion`, `commune-33063-router`."""
    role: HostRole
    level: HardeningLevel
    site: str
    """The datacenter or cloud region it is in; of a commune's router, the datacenter whose vCenter manages it."""
    zone: Zone
    """Of routers, the admin zone."""
    criticality: Criticality
    """Its service's; of what every service needs, vital."""
    ways: tuple[Way, ...]
    """At least one, the best first."""
    layer: str
    """The layer whose stack declares it. Example: `communes`."""
    part: str | None = None
    """The part of that layer, where it has several. Example: `north`."""
    commune: str | None = None
    """The INSEE code on its tag: where it stands or, for a service's host, who owns the service."""
    service: str | None = None
    asset: str | None = None

    @property
    def address(self) -> IPv4Address:
        """Its address on the best way."""
        return self.ways[0].address


def hosts(t: Territory) -> tuple[Host, ...]:
    """Every host: bastions, border routers, commune routers, services in datacenters, then in cloud regions."""
    return (*bastions(t), *_border_routers(t), *_commune_routers(t), *_service_hosts(t), *_public_hosts(t))


def level(role: HostRole, criticality: Criticality) -> HardeningLevel:
    """How far a host is hardened: further where everybody gets in, and where vital and essential services run."""
    critical = criticality in (Criticality.VITAL, Criticality.ESSENTIAL)
    if role is HostRole.BASTION or (role is HostRole.SERVICE and critical):
        return HardeningLevel.ENHANCED
    return HardeningLevel.INTERMEDIARY


def bastions(t: Territory) -> Iterator[Host]:
    """The bastion of each datacenter."""
    for dc in t.datacenters:
        yield Host(
            name=naming.bastion_name(dc),
            role=HostRole.BASTION,
            level=level(HostRole.BASTION, Criticality.VITAL),
            site=dc.id,
            zone=Zone.ADMIN,
            criticality=Criticality.VITAL,
            ways=(Way(None, addressing.bastion_address(t, dc)),),
            layer="datacenters",
            commune=dc.commune,
        )


def _border_routers(t: Territory) -> Iterator[Host]:
    for router in t.border_routers:
        yield Host(
            name=router.id,
            role=HostRole.BORDER_ROUTER,
            level=level(HostRole.BORDER_ROUTER, Criticality.VITAL),
            site=router.site,
            zone=Zone.ADMIN,
            criticality=Criticality.VITAL,
            ways=(Way(None, addressing.router_management(t, router)),),
            layer="network",
            commune=topology.datacenter(t, router.site).commune,
        )


def _commune_routers(t: Territory) -> Iterator[Host]:
    for commune in t.communes:
        yield Host(
            name=naming.commune_router_name(commune),
            role=HostRole.COMMUNE_ROUTER,
            level=level(HostRole.COMMUNE_ROUTER, Criticality.VITAL),
            site=commune.vcenter,
            zone=Zone.ADMIN,
            criticality=Criticality.VITAL,
            ways=tuple(
                Way(network.router, addressing.commune_access_address(t, network, commune))
                for network in topology.access_networks_of_commune(t, commune)
            ),
            layer="communes",
            part=commune.sector,
            commune=commune.insee,
        )


def _service_hosts(t: Territory) -> Iterator[Host]:
    for dc in t.datacenters:
        for service in t.services:
            for asset in topology.private_assets(dc, service):
                for replica, name in enumerate(naming.asset_guest_names(dc, service, asset), start=1):
                    ways = (Way(None, addressing.asset_address(t, dc, service, asset, replica)),)
                    yield _asset_host(t, HostRole.SERVICE, name, dc.id, service, asset, ways, "services")


def _public_hosts(t: Territory) -> Iterator[Host]:
    # The cloud's security groups let in ssh from the bastions alone.
    bastions = [naming.bastion_name(dc) for dc in t.datacenters]
    for region in t.cloud_regions:
        for service, asset in topology.public_assets(t, region):
            for replica, name in enumerate(naming.asset_guest_names(region, service, asset), start=1):
                address = cloud_addressing.public_address(t, region, service, asset, replica).address
                ways = tuple(Way(bastion, address) for bastion in bastions)
                yield _asset_host(t, HostRole.PUBLIC, name, region.id, service, asset, ways, "cloud")


def _asset_host(
    t: Territory,
    role: HostRole,
    name: str,
    site: str,
    service: Service,
    asset: Asset,
    ways: tuple[Way, ...],
    layer: str,
) -> Host:
    return Host(
        name=name,
        role=role,
        level=level(role, service.criticality),
        site=site,
        zone=asset.zone,
        criticality=service.criticality,
        ways=ways,
        layer=layer,
        commune=service.owner if any(commune.insee == service.owner for commune in t.communes) else None,
        service=service.id,
        asset=asset.id,
    )
