"""NET-106: one owner for each block of addresses, over all stacks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Network
from itertools import combinations

from policies.answers import Outcomes, Problem, Severity, each
from policies.declared import cloud_provider, network_of, provider_name
from policies.resource_types import SUBNET, VPC, VPN_CONNECTION
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from territory import addressing
from territory.model import Territory


def check(platform: Platform) -> Outcomes:
    """Each network of the cloud inside the block of its region; no two networks, subnets or tunnels on one block."""
    yield from each(platform.of(VPC, SUBNET), partial(_inside, platform.territory))
    for kind in ((VPC,), (SUBNET,), (VPN_CONNECTION,)):
        owned = [pair for resource in platform.of(*kind) for pair in _owned(resource)]
        for (one, first), (other, second) in combinations(owned, 2):
            if first.overlaps(second):
                yield Problem(f"has {second}, where {one.name} has {first}", subject=other.urn)


def _owned(resource: Resource) -> Iterator[tuple[Resource, IPv4Network]]:
    for name in ("cidrBlock", "tunnel1InsideCidr", "tunnel2InsideCidr"):
        network = network_of(resource[name])
        if network is not None:
            yield resource, network


def _inside(t: Territory, resource: Resource) -> Outcomes:
    name = provider_name(resource)
    block = next((addressing.cloud_block(t, each) for each in t.cloud_regions if cloud_provider(each.id) == name), None)
    network = network_of(resource["cidrBlock"])
    if block is None:
        yield Problem(f"belongs to no region that is declared, but to {name or 'no provider'}", subject=resource.urn)
    elif network is not None and not network.subnet_of(block):
        yield Problem(f"has {network}, which is not of its region's {block}", "cidrBlock", subject=resource.urn)


RULE = TerritoryRule(
    id="NET-106",
    title="Every block of addresses has one owner",
    severity=Severity.HIGH,
    rationale="Where two networks have one block, routes lead to one of them, and nobody can say which firewall rule "
    "speaks of which machine.",
    remediation="Write the cidrBlock that territory.cloud_addressing computes from the region's own number.",
    check=check,
)
