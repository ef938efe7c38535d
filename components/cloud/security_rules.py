"""Who may open a connection to whom in a cloud region, derived from services, zones and dependencies. Pure.

Every public asset has a security group of its own, and a rule names a port and one other end: another group, the
addresses of a private asset, a datacenter's bastion, or the networks of the territory's people. What is not written
here cannot happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from territory import addressing
from territory.calls import ADMIN_PORT, PORTS, called_by, callers_of, open_to_communes
from territory.model import Asset, CloudRegion, Placement, Service, Territory
from territory.topology import public_assets

ENDPOINT_PORT = 443
ENDPOINTS = "endpoints"
"""The group of the provider's private endpoints."""


class Direction(StrEnum):
    """As the group that has the rule sees it."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, order=True)
class Rule:
    """One port between a group and one other end."""

    direction: Direction
    port: int
    peer: str
    """A network as `10.1.48.64/29`, or the key of another group."""
    peer_is_group: bool
    why: str
    """One line, as it stands in the group. Example: `web of civil-registry`."""

    @property
    def slug(self) -> str:
        """A part of a resource's name, the same for the same rule. Example: `in-443-10-1-48-64-29`."""
        peer = self.peer.replace(".", "-").replace("/", "-")
        return f"{self.direction.value}-{self.port}-{peer}"


def group_key(service: Service, asset: Asset) -> str:
    """What a public asset's group is called. Example: `open-data-portal`."""
    return f"{service.id}-{asset.id}"


def rules(t: Territory, region: CloudRegion) -> Mapping[str, tuple[Rule, ...]]:
    """Group to its rules, each once and in a stable order."""
    found = {
        group_key(service, asset): set(_of_asset(t, region, service, asset))
        for service, asset in public_assets(t, region)
    }
    found[ENDPOINTS] = {
        Rule(Direction.IN, ENDPOINT_PORT, group, True, f"{group} reaches the provider") for group in found
    }
    return {group: tuple(sorted(_without_repeats(its_rules))) for group, its_rules in found.items()}


def _without_repeats(found: set[Rule]) -> list[Rule]:
    """One rule for one port and peer, whatever the reasons: the cloud refuses a second one."""
    return list({(rule.direction, rule.port, rule.peer): rule for rule in sorted(found)}.values())


def _of_asset(t: Territory, region: CloudRegion, service: Service, asset: Asset) -> Iterator[Rule]:
    port = PORTS[asset.zone]
    for other_service, other in called_by(t, service, asset):
        yield from _towards(t, region, Direction.OUT, PORTS[other.zone], other_service, other)
    for other_service, other in callers_of(t, service, asset):
        yield from _towards(t, region, Direction.IN, port, other_service, other)
    if open_to_communes(asset):
        for network in t.address_space.communes.values():
            yield Rule(Direction.IN, port, str(network), False, "the communes")
    for dc in t.datacenters:
        bastion = IPv4Network(addressing.bastion_address(t, dc))
        yield Rule(Direction.IN, ADMIN_PORT, str(bastion), False, f"bastion of {dc.id}")
    yield Rule(Direction.OUT, ENDPOINT_PORT, ENDPOINTS, True, "services of the provider")


def _towards(
    t: Territory, region: CloudRegion, direction: Direction, port: int, service: Service, asset: Asset
) -> Iterator[Rule]:
    why = f"{asset.id} of {service.id}"
    if asset.placement is Placement.PUBLIC:
        # Regions are not joined to one another: what lives elsewhere is reached through a datacenter, if at all.
        if region.id in asset.sites:
            yield Rule(direction, port, group_key(service, asset), True, why)
        return
    for dc in t.datacenters:
        if dc.id in asset.sites:
            yield Rule(direction, port, str(addressing.asset_block(t, dc, service, asset)), False, f"{why} in {dc.id}")
