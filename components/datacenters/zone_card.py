"""The network card of a guest in a zone: port group, hardware address and IPv4 configuration belong together."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface

from components.datacenters.guest import NetworkCard
from components.datacenters.mac_addresses import zone_mac
from components.datacenters.site import Site
from components.user_data import Address
from territory import addressing
from territory.model import Datacenter, Territory, Zone


def zone_card(
    territory: Territory, dc: Datacenter, site: Site, zone: Zone, address: IPv4Address, *, routed: bool = True
) -> NetworkCard:
    """The card that has this address of a datacenter's zone. Unless `routed`, it has no default route."""
    return NetworkCard(
        site.zone_network_ids[zone],
        Address(
            mac=zone_mac(dc, address),
            interface=IPv4Interface((address, addressing.zone_network(territory, dc, zone).prefixlen)),
            gateway=addressing.zone_gateway(territory, dc, zone) if routed else None,
        ),
    )
