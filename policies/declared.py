"""How planned resources are told apart by what the territory declares: whose vCenter, which region, which address."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any, Final, cast

from planning.urns import parse_urn
from policies.answers import Malformed
from policies.resource_types import AWS_PROVIDER, VSPHERE_VIRTUAL_MACHINE
from policies.subjects import Platform, Resource
from policies.values import Node
from territory import addressing, cloud_addressing, naming
from territory.model import COMMUNE_ZONES, Placement, Territory, Zone

_METADATA: Final = "guestinfo.metadata"


def provider_name(resource: Resource) -> str:
    """The logical name of its provider; empty where it names none. Example: `vcenter-lac`."""
    urn = resource.planned.provider_urn
    return parse_urn(urn).name if urn else ""


def vcenter_provider(datacenter_id: str) -> str:
    """What the provider of a datacenter's vCenter is called."""
    return f"vcenter-{datacenter_id}"


def cloud_provider(region_id: str) -> str:
    """What the provider of a cloud region is called."""
    return f"cloud-{region_id}"


def comes_from_another(resource: Resource, property_name: str) -> bool:
    """Whether a property's value is another resource's, which is known even where the value is not."""
    return bool(resource.planned.property_dependencies.get(property_name))


def is_set(resource: Resource, property_name: str) -> bool:
    """Whether a property is given at all: by another resource, or as a text that is not empty."""
    return comes_from_another(resource, property_name) or bool(resource[property_name].text())


def guests(platform: Platform) -> dict[tuple[str, str], Resource]:
    """Every virtual machine of the plan, by its vCenter's provider and its name in the inventory."""
    return {(provider_name(vm), vm["name"].text()): vm for vm in platform.of(VSPHERE_VIRTUAL_MACHINE)}


def interfaces(guest: Resource) -> list[IPv4Interface]:
    """The addresses a guest is told at its first boot, in the order of its cards; none when it is told nothing."""
    metadata = guest["extraConfig"][_METADATA]
    text = metadata.text()
    if not text:
        return []
    try:
        cards = cast("dict[str, Any]", json.loads(b64decode(text, validate=True))["network"]["ethernets"])
        return [IPv4Interface(address) for card in cards.values() for address in card["addresses"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Malformed(metadata.path, "is no cloud-init metadata in base64 with a network in it") from None


def network_of(node: Node) -> IPv4Network | None:
    """A block of IPv4 addresses; None when absent or of IPv6, of which the territory has none."""
    text = node.text()
    if not text or ":" in text:
        return None
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        raise Malformed(node.path, f"is {text!r}, which is no block of addresses") from None


def zone_networks(t: Territory, zone: Zone) -> Iterator[IPv4Network]:
    """A zone's networks everywhere: datacenters, communes, availability zones."""
    yield from (addressing.zone_network(t, dc, zone) for dc in t.datacenters)
    if zone in COMMUNE_ZONES:
        yield from (addressing.commune_zone_network(t, commune, zone) for commune in t.communes)
    for region in t.cloud_regions:
        yield from (cloud_addressing.zone_subnet(t, region, zone, letter) for letter in region.zones)


class Zones:
    """Tells the zone of any address of a territory."""

    def __init__(self, t: Territory) -> None:
        self._by_block = {network: zone for zone in Zone for network in zone_networks(t, zone)}
        self._prefixes = sorted({network.prefixlen for network in self._by_block})

    def of(self, address: IPv4Address) -> Zone | None:
        """None for a link's address, and for what is not the territory's."""
        blocks = (IPv4Network((address, prefix), strict=False) for prefix in self._prefixes)
        return next((self._by_block[block] for block in blocks if block in self._by_block), None)


def planned_addresses(t: Territory) -> dict[tuple[str, str], frozenset[IPv4Address]]:
    """Each guest that follows from the declared territory, by its provider and name, and its addresses."""
    planned: dict[tuple[str, str], frozenset[IPv4Address]] = {}
    for dc in t.datacenters:
        planned[vcenter_provider(dc.id), naming.bastion_name(dc)] = frozenset({addressing.bastion_address(t, dc)})
    for router in t.border_routers:
        links = [
            addressing.circuit_link(t, circuit).address_of(circuit, router.id)
            for circuit in t.circuits
            if router.id in circuit.routers
        ]
        access = [addressing.router_access_address(t, each) for each in t.access_networks if each.router == router.id]
        planned[vcenter_provider(router.site), router.id] = frozenset(
            {addressing.router_management(t, router), *links, *access}
        )
    by_id = {network.id: network for network in t.access_networks}
    for commune in t.communes:
        access = [addressing.commune_access_address(t, by_id[id_], commune) for id_ in commune.access]
        inside = [addressing.commune_zone_gateway(t, commune, zone) for zone in COMMUNE_ZONES]
        planned[vcenter_provider(commune.vcenter), naming.commune_router_name(commune)] = frozenset([*access, *inside])
    for service in t.services:
        for asset in service.assets:
            if asset.placement is Placement.PRIVATE:
                for dc in t.datacenters:
                    for replica, name in enumerate(naming.asset_guest_names(dc, service, asset), start=1):
                        address = addressing.asset_address(t, dc, service, asset, replica)
                        planned[vcenter_provider(dc.id), name] = frozenset({address})
    return planned


def accounts(platform: Platform) -> frozenset[str]:
    """The cloud accounts that the territory's providers are allowed to work in."""
    return frozenset(
        account.text()
        for provider in platform.of(AWS_PROVIDER)
        for account in provider["allowedAccountIds"].json().items
    )
