"""What answers in a datacenter's zones before anything is declared: their first hops, and the site's automation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from components.datacenters.uplinks import FABRIC_UPLINKS
from territory import addressing, vlans
from territory.model import Datacenter, Territory, Zone


def fabric(territory: Territory, datacenter: Datacenter, hosts: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The segments of a datacenter's zones and who answers there; `hosts` is the datacenter's equipment."""
    first_uplink = next(iter(FABRIC_UPLINKS.values()))
    fibre = next(nic["fibre"] for nic in hosts[0]["nics"] if nic["device"] == first_uplink)
    for zone in Zone:
        prefix = addressing.zone_network(territory, datacenter, zone).prefixlen
        answering = [addressing.zone_gateway(territory, datacenter, zone)]
        if zone is Zone.ADMIN:
            answering.append(addressing.automation_address(territory, datacenter))
        yield {
            "site": datacenter.id,
            "fibre": fibre,
            "vlan": vlans.zone_vlan(zone),
            "addresses": [f"{address}/{prefix}" for address in answering],
        }
