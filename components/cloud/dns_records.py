"""The names of assets in a region's private zone: which answers they give, and in whose absence. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from territory import addressing, cloud_addressing, naming
from territory.model import Asset, CloudRegion, Datacenter, Placement, Service, Territory

TTL_S = 30
"""How long an answer may be remembered: the most that a failover takes on top of its alarm."""


@dataclass(frozen=True)
class DnsRecord:
    """One record of type A."""

    name: str
    """Example: `db.water-telemetry.bordeaux.internal`."""
    addresses: tuple[str, ...]
    """All replicas."""
    site: str
    """Where they are, or the first of the sites: a name has one secondary, however many datacenters there are."""
    failover: Literal["PRIMARY", "SECONDARY"] | None = None
    """Given out while the primary's site can be reached, or when it cannot; None for the only answer there is."""


def records(t: Territory, region: CloudRegion) -> tuple[DnsRecord, ...]:
    """Every asset a region's network can reach: those of the datacenters, and the region's own."""
    return tuple(
        record for service in t.services for asset in service.assets for record in _of(t, region, service, asset)
    )


def _of(t: Territory, region: CloudRegion, service: Service, asset: Asset) -> tuple[DnsRecord, ...]:
    name = naming.asset_dns_name(t, service, asset)
    if asset.placement is Placement.PUBLIC:
        if region.id not in asset.sites:
            return ()
        places = [
            cloud_addressing.public_address(t, region, service, asset, replica)
            for replica in range(1, asset.replicas + 1)
        ]
        return (DnsRecord(name, tuple(str(place.address) for place in places), region.id),)
    # In the order of the asset's sites: the first is the one people are sent to.
    by_id = {dc.id: dc for dc in t.datacenters}
    first, *others = [by_id[site] for site in asset.sites]
    answer = _addresses(t, first, service, asset)
    if not others:
        return (DnsRecord(name, answer, first.id),)
    elsewhere = tuple(address for dc in others for address in _addresses(t, dc, service, asset))
    return (
        DnsRecord(name, answer, first.id, "PRIMARY"),
        DnsRecord(name, elsewhere, others[0].id, "SECONDARY"),
    )


def _addresses(t: Territory, dc: Datacenter, service: Service, asset: Asset) -> tuple[str, ...]:
    return tuple(
        str(addressing.asset_address(t, dc, service, asset, replica)) for replica in range(1, asset.replicas + 1)
    )
