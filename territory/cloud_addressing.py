"""The address plan inside a cloud region and on its VPN; as everywhere, an index made of numbers written down.

region n               /16 number n of `address_space.cloud`
  availability zone    /19 by its letter, a to h
    zone z             /22 number z, in the order of `Zone`
      .16 + 2 (a - 1)  the two replicas of asset a in this availability zone
    endpoints          /22 number 7: cards of the provider's private endpoints, which take any address
region n, site m       the two tunnels have the /30s number 32 n + 2 m and the next one of 169.254.64.0/18
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from territory.addressing import block, cloud_block
from territory.model import MOST_REPLICAS, Asset, CloudRegion, Datacenter, Service, Territory, Zone

AVAILABILITY_ZONE_PREFIX = 19
SUBNET_PREFIX = 22
ASSET_PREFIX = 31
TUNNEL_PREFIX = 30
TUNNELS = (1, 2)
"""Every VPN connection has two, at two ends of the provider's."""
REPLICAS_PER_AVAILABILITY_ZONE = 2

TIME_SERVER: Final = IPv4Address("169.254.169.123")
"""The provider's, in every subnet; no security group has to let it through."""

_FIRST_ASSET = 16
"""The provider keeps the first four addresses of a subnet."""
_ENDPOINTS_INDEX = 7
_TUNNELS: Final = IPv4Network("169.254.64.0/18")
"""Link-local, away from the /30s and the metadata address the provider keeps for itself."""
_CLOUD_ASN_BASE = 64_528
"""RFC 6996 private numbers after those of the fifteen sites."""


@dataclass(frozen=True)
class PublicAddress:
    """Where one replica of a public asset stands."""

    availability_zone: str
    """Its letter."""
    address: IPv4Address


def cloud_asn(region: CloudRegion) -> int:
    """The autonomous system of a region's VPN gateway."""
    return _CLOUD_ASN_BASE + region.number


def zone_subnet(t: Territory, region: CloudRegion, zone: Zone, availability_zone: str) -> IPv4Network:
    """The /22 of a security zone in an availability zone."""
    return block(_availability_zone_block(t, region, availability_zone), SUBNET_PREFIX, tuple(Zone).index(zone))


def endpoint_subnet(t: Territory, region: CloudRegion, availability_zone: str) -> IPv4Network:
    """The /22 of the provider's endpoints in an availability zone."""
    return block(_availability_zone_block(t, region, availability_zone), SUBNET_PREFIX, _ENDPOINTS_INDEX)


def most_replicas(region: CloudRegion) -> int:
    """How many replicas of one asset a region has addresses for."""
    return min(MOST_REPLICAS, REPLICAS_PER_AVAILABILITY_ZONE * len(region.zones))


def public_address(t: Territory, region: CloudRegion, service: Service, asset: Asset, replica: int) -> PublicAddress:
    """The place of one replica, counted from 1: replicas go round the availability zones.

    Raises `ValueError` when the asset has no such replica there.
    """
    if region.id not in asset.sites or not 1 <= replica <= min(asset.replicas, most_replicas(region)):
        raise ValueError(f"asset {asset.id} of {service.id} has no replica {replica} in {region.id}")
    round_, place = divmod(replica - 1, len(region.zones))
    zone = region.zones[place]
    offset = _FIRST_ASSET + REPLICAS_PER_AVAILABILITY_ZONE * (asset.number - 1) + round_
    return PublicAddress(zone, zone_subnet(t, region, asset.zone, zone)[offset])


def public_blocks(t: Territory, region: CloudRegion, service: Service, asset: Asset) -> tuple[IPv4Network, ...]:
    """The /31s, one an availability zone, of all replicas an asset may ever have in a region.

    Raises `ValueError` when the asset does not run there.
    """
    if region.id not in asset.sites:
        raise ValueError(f"asset {asset.id} of {service.id} does not run in {region.id}")
    offset = _FIRST_ASSET + REPLICAS_PER_AVAILABILITY_ZONE * (asset.number - 1)
    firsts = (zone_subnet(t, region, asset.zone, letter)[offset] for letter in region.zones)
    return tuple(IPv4Network((first, ASSET_PREFIX)) for first in firsts)


def tunnel_network(region: CloudRegion, dc: Datacenter, tunnel: int) -> IPv4Network:
    """The /30 inside one of the two tunnels between a datacenter and a region: .1 is the provider's end, .2 ours."""
    return block(_TUNNELS, TUNNEL_PREFIX, 32 * region.number + 2 * dc.number + TUNNELS.index(tunnel))


def _availability_zone_block(t: Territory, region: CloudRegion, availability_zone: str) -> IPv4Network:
    return block(cloud_block(t, region), AVAILABILITY_ZONE_PREFIX, ord(availability_zone) - ord("a"))
