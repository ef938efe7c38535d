"""The address plan: every address follows from a number that was written down once, so nobody moves when others join.

A number (of a site, router, circuit, asset; the INSEE code of a commune) is an index into a supernet of the territory.
Nothing is counted and nothing is hashed: adding or removing a neighbour cannot change a result, and two different
numbers cannot meet. `territory.checks.addresses` proves that numbers are unique and that they fit.

    site n                /16 number n of `address_space.sites`
      zone z              /20 number z of the site, in the order of `Zone`
        .1                gateway
        .2                bastion (admin)
        .3                automation: the controller or worker that looks after the site's hosts (admin)
        .10 + r           border router r (admin)
        .64 + 8 (a - 1)   the eight replicas of asset a
      /20 number 15       loopbacks: border router r has .r
    circuit n             /31 number n of `address_space.links`
    access network n      /20 number n of `address_space.links`; number 0 holds the circuits
      .1                  its border router
      host i              the point of presence of the commune whose own /20 is number i of the /8 it is in
    cloud region n        /16 number n of `address_space.cloud`; inside it see `territory.cloud_addressing`
    commune 33063         /20 number 63 of `address_space.communes["33"]`
      zone z              /23 number z, in the order of `Zone`
        .1                gateway: the commune's router
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from territory import topology
from territory.model import (
    MOST_REPLICAS,
    AccessNetwork,
    Asset,
    BorderRouter,
    Circuit,
    CloudRegion,
    Commune,
    Datacenter,
    Service,
    Territory,
    Zone,
)

SITE_PREFIX = 16
ZONE_PREFIX = 20
LINK_PREFIX = 31
ACCESS_PREFIX = 20
COMMUNE_PREFIX = 20
COMMUNE_ZONE_PREFIX = 23
ASSET_PREFIX = 29

COMMUNE_INDEX_MASK = 0xFFF
ROUTER_HOST = 1
"""The border router's host number on an access network."""

_LOOPBACK_INDEX = 15
_GATEWAY = 1
_BASTION = 2
_AUTOMATION = 3
_FIRST_ROUTER = 10
_FIRST_ASSET = 64

_SITE_ASN_BASE = 64_512
"""RFC 6996 private 16-bit numbers: what every router and every cloud gateway accepts."""


class AddressPlanError(ValueError):
    """A number does not fit into its supernet. A loaded territory never raises it: the checks refused it before."""


@dataclass(frozen=True)
class CircuitLink:
    """The /31 of a circuit (RFC 3021) and its two addresses, in the order of `circuit.routers`."""

    network: IPv4Network
    addresses: tuple[IPv4Address, IPv4Address]

    def address_of(self, circuit: Circuit, router_id: str) -> IPv4Address:
        """The address of one end. Raises `ValueError` when the router is no end of the circuit."""
        return self.addresses[circuit.routers.index(router_id)]


def capacity(supernet: IPv4Network, prefix: int) -> int:
    """How many blocks of `prefix` bits fit into the supernet; 0 when it is smaller than one."""
    return 0 if prefix < supernet.prefixlen else 1 << (prefix - supernet.prefixlen)


def block(supernet: IPv4Network, prefix: int, index: int) -> IPv4Network:
    """The index-th block of `prefix` bits, counted from 0. Raises `AddressPlanError` when there is none."""
    if not 0 <= index < capacity(supernet, prefix):
        raise AddressPlanError(f"{supernet} has {capacity(supernet, prefix)} blocks of /{prefix}; no number {index}")
    start = int(supernet.network_address) + (index << (32 - prefix))
    return IPv4Network((start, prefix))


def site_block(t: Territory, dc: Datacenter) -> IPv4Network:
    """The /16 of a datacenter."""
    return block(t.address_space.sites, SITE_PREFIX, dc.number)


def zone_network(t: Territory, dc: Datacenter, zone: Zone) -> IPv4Network:
    """The /20 of a security zone in a datacenter."""
    return block(site_block(t, dc), ZONE_PREFIX, tuple(Zone).index(zone))


def zone_gateway(t: Territory, dc: Datacenter, zone: Zone) -> IPv4Address:
    """The first hop of a zone's guests."""
    return zone_network(t, dc, zone)[_GATEWAY]


def bastion_address(t: Territory, dc: Datacenter) -> IPv4Address:
    """The bastion's address in the admin zone."""
    return zone_network(t, dc, Zone.ADMIN)[_BASTION]


def automation_address(t: Territory, dc: Datacenter) -> IPv4Address:
    """Where the automation of a site stands in the admin zone: who hardens and verifies its hosts."""
    return zone_network(t, dc, Zone.ADMIN)[_AUTOMATION]


def router_management(t: Territory, router: BorderRouter) -> IPv4Address:
    """The router's address in the admin zone of its site."""
    return zone_network(t, topology.datacenter(t, router.site), Zone.ADMIN)[_FIRST_ROUTER + router.number]


def router_loopback(t: Territory, router: BorderRouter) -> IPv4Address:
    """The /32 that names the router in BGP and outlives each of its circuits."""
    return block(site_block(t, topology.datacenter(t, router.site)), ZONE_PREFIX, _LOOPBACK_INDEX)[router.number]


def router_asn(t: Territory, router: BorderRouter) -> int:
    """The autonomous system of the router's datacenter: eBGP between datacenters, iBGP within one."""
    return site_asn(topology.datacenter(t, router.site))


def site_asn(dc: Datacenter) -> int:
    """The autonomous system of a datacenter."""
    return _SITE_ASN_BASE + dc.number


def circuit_link(t: Territory, circuit: Circuit) -> CircuitLink:
    """The /31 of a circuit."""
    network = block(t.address_space.links, LINK_PREFIX, circuit.number)
    return CircuitLink(network, (network[0], network[1]))


def cloud_block(t: Territory, region: CloudRegion) -> IPv4Network:
    """The /16 of a cloud region."""
    return block(t.address_space.cloud, SITE_PREFIX, region.number)


def commune_block(t: Territory, commune: Commune) -> IPv4Network:
    """The /20 of a commune. Raises `KeyError` when its département has no supernet."""
    departement, number = split_insee(commune.insee)
    return block(t.address_space.communes[departement], COMMUNE_PREFIX, number)


def commune_index(t: Territory, commune: Commune) -> int:
    """Which /20 of the /8 around it is the commune's: twelve bits that no two communes share. Example: 1087."""
    return int(commune_block(t, commune).network_address) >> (32 - COMMUNE_PREFIX) & COMMUNE_INDEX_MASK


def commune_zone_network(t: Territory, commune: Commune, zone: Zone) -> IPv4Network:
    """The /23 of one of `COMMUNE_ZONES` in a commune."""
    return block(commune_block(t, commune), COMMUNE_ZONE_PREFIX, tuple(Zone).index(zone))


def commune_zone_gateway(t: Territory, commune: Commune, zone: Zone) -> IPv4Address:
    """The first hop of a commune's zone: its router."""
    return commune_zone_network(t, commune, zone)[_GATEWAY]


def access_block(t: Territory, network: AccessNetwork) -> IPv4Network:
    """The /20 of an access network."""
    return block(t.address_space.links, ACCESS_PREFIX, network.number)


def router_access_address(t: Territory, network: AccessNetwork) -> IPv4Address:
    """The border router's address on one of its access networks."""
    return access_block(t, network)[ROUTER_HOST]


def commune_access_address(t: Territory, network: AccessNetwork, commune: Commune) -> IPv4Address:
    """The address of a commune's router on an access network, which it has whether it is on it or not."""
    return access_block(t, network)[commune_index(t, commune)]


def split_insee(insee: str) -> tuple[str, int]:
    """`33063` is number 63 of département `33`; `2A004` number 4 of `2A`."""
    return insee[:2], int(insee[2:])


def asset_address(t: Territory, dc: Datacenter, service: Service, asset: Asset, replica: int) -> IPv4Address:
    """The address of one replica (counted from 1, as in its name) of an asset in a datacenter.

    Raises `ValueError` when the asset has no such replica there.
    """
    if dc.id not in asset.sites or not 1 <= replica <= asset.replicas:
        raise ValueError(f"asset {asset.id} of {service.id} has no replica {replica} in {dc.id}")
    offset = _FIRST_ASSET + MOST_REPLICAS * (asset.number - 1) + replica - 1
    return zone_network(t, dc, asset.zone)[offset]


def asset_block(t: Territory, dc: Datacenter, service: Service, asset: Asset) -> IPv4Network:
    """The /29 of all replicas an asset may ever have in a datacenter: what a rule about the asset names.

    Raises `ValueError` when the asset does not run there.
    """
    return IPv4Network((asset_address(t, dc, service, asset, 1), ASSET_PREFIX))
