"""What a host's own firewall lets in: ssh, ping, routing, journals, and the calls that services depend on. Pure.

What is not written here cannot come in. Sources are networks of the territory, as few as say the same: none overlaps
or continues another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, collapse_addresses

from territory import addressing, cloud_addressing, topology
from territory.calls import ADMIN_PORT, PORTS, callers_of, open_to_communes
from territory.hosts import Host, HostRole
from territory.model import Asset, BorderRouter, Commune, Placement, Service, Territory, Zone

BGP_PORT = 179
BFD_PORT = 3784
BFD_MULTIHOP_PORT = 4784
JOURNAL_PORT = 19532
"""Where systemd-journal-remote listens."""


class Protocol(StrEnum):
    """What is let in: a port of one of the first two, or echo requests."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"


@dataclass(frozen=True)
class Opening:
    """One port, or echo requests, and who may use it."""

    name: str
    """What it is for, in a word, or which service and asset of it calls. Example: `ssh`, `open-data_portal`."""
    protocol: Protocol
    port: int | None
    """None for ICMP."""
    sources: tuple[IPv4Network, ...]
    """At least one, in order."""


def ssh_sources(t: Territory, host: Host) -> tuple[IPv4Network, ...]:
    """Who may open ssh to a host: the automation and bastions of every site.

    A commune's router answers its border routers alone, and a public host the bastions alone, through which both are
    reached.
    """
    if host.role is HostRole.COMMUNE_ROUTER:
        return _networks(_border_addresses(t, _commune(t, host)))
    bastions = [addressing.bastion_address(t, dc) for dc in t.datacenters]
    if host.role is HostRole.PUBLIC:
        return _networks(bastions)
    return _networks([*bastions, *(addressing.automation_address(t, dc) for dc in t.datacenters)])


def openings(t: Territory, host: Host) -> tuple[Opening, ...]:
    """Everything that may come in to a host, in a stable order."""
    return (Opening("ssh", Protocol.TCP, ADMIN_PORT, ssh_sources(t, host)), *_ping(t, host), *_of_role(t, host))


def _ping(t: Territory, host: Host) -> Iterator[Opening]:
    if host.role is HostRole.PUBLIC:  # the cloud's security groups let in ports alone
        return
    networks = [addressing.zone_network(t, dc, Zone.ADMIN) for dc in t.datacenters]
    if host.role is HostRole.COMMUNE_ROUTER:
        networks.append(addressing.commune_zone_network(t, _commune(t, host), Zone.ADMIN))
    yield Opening("ping", Protocol.ICMP, None, _networks(networks))


def _of_role(t: Territory, host: Host) -> Iterator[Opening]:
    if host.role is HostRole.BASTION:
        yield Opening("journal", Protocol.TCP, JOURNAL_PORT, _networks(_journal_sources(t)))
    elif host.role is HostRole.BORDER_ROUTER:
        yield from _routing(_peers(t, next(router for router in t.border_routers if router.id == host.name)))
    elif host.role is HostRole.COMMUNE_ROUTER:
        yield from _routing(_border_addresses(t, _commune(t, host)))
    else:
        yield from _calls(t, host)


def _routing(peers: Iterable[IPv4Address]) -> Iterator[Opening]:
    sources = _networks(peers)
    if sources:
        yield Opening("bgp", Protocol.TCP, BGP_PORT, sources)
        yield Opening("bfd", Protocol.UDP, BFD_PORT, sources)
        yield Opening("bfd-multihop", Protocol.UDP, BFD_MULTIHOP_PORT, sources)


def _peers(t: Territory, router: BorderRouter) -> Iterator[IPv4Address]:
    """The other ends of its circuits, and the communes on its access networks."""
    for circuit in topology.circuits_of_router(t, router):
        link = addressing.circuit_link(t, circuit)
        yield from (link.address_of(circuit, end) for end in circuit.routers if end != router.id)
    for network in topology.access_networks_of_router(t, router):
        for commune in t.communes:
            if network.id in commune.access:
                yield addressing.commune_access_address(t, network, commune)


def _border_addresses(t: Territory, commune: Commune) -> Iterator[IPv4Address]:
    networks = topology.access_networks_of_commune(t, commune)
    return (addressing.router_access_address(t, network) for network in networks)


def _journal_sources(t: Territory) -> Iterator[IPv4Network]:
    """Every zone network of the datacenters, and the links, whose addresses routers speak from.

    Not the cloud's: nothing there is let out to where the platform is administered.
    """
    for zone in Zone:
        yield from (addressing.zone_network(t, dc, zone) for dc in t.datacenters)
    yield from (addressing.circuit_link(t, circuit).network for circuit in t.circuits)
    yield from (addressing.access_block(t, network) for network in t.access_networks)


def _calls(t: Territory, host: Host) -> Iterator[Opening]:
    service = next(service for service in t.services if service.id == host.service)
    asset = next(asset for asset in service.assets if asset.id == host.asset)
    port = PORTS[asset.zone]
    if port == ADMIN_PORT:  # no dependency makes somebody an administrator
        return
    # No identifier has an underscore in it.
    callers = {f"{other.id}_{its_asset.id}": (other, its_asset) for other, its_asset in callers_of(t, service, asset)}
    for name, (other, its_asset) in sorted(callers.items()):
        sources = _networks(_blocks(t, host, other, its_asset))
        if sources:
            yield Opening(name, Protocol.TCP, port, sources)
    if open_to_communes(asset):
        yield Opening("communes", Protocol.TCP, port, _networks(t.address_space.communes.values()))


def _blocks(t: Territory, host: Host, service: Service, asset: Asset) -> Iterator[IPv4Network]:
    """Where an asset may call a host from."""
    if asset.placement is Placement.PRIVATE:
        sites = (dc for dc in t.datacenters if dc.id in asset.sites)
        yield from (addressing.asset_block(t, dc, service, asset) for dc in sites)
        return
    for region in t.cloud_regions:
        # Regions are not joined to one another.
        if region.id in asset.sites and (host.role is not HostRole.PUBLIC or host.site == region.id):
            yield from cloud_addressing.public_blocks(t, region, service, asset)


def _commune(t: Territory, host: Host) -> Commune:
    return next(commune for commune in t.communes if commune.insee == host.commune)


def _networks(found: Iterable[IPv4Network | IPv4Address]) -> tuple[IPv4Network, ...]:
    return tuple(collapse_addresses(map(IPv4Network, found)))
