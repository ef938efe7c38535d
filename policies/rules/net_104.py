"""NET-104: security groups lead from neither the internet nor the exposed zones into the admin zone."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Final

from policies.answers import Malformed, Outcomes, Problem, Severity, each, given
from policies.declared import Zones, network_of, zone_networks
from policies.resource_types import (
    INSTANCE,
    SECURITY_GROUP,
    SECURITY_GROUP_EGRESS_RULE,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
    SUBNET,
)
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from policies.values import Node
from territory.model import Territory, Zone

EXPOSED: Final = frozenset({Zone.IOT, Zone.DMZ})

_Block = Callable[[IPv4Network], bool]


def check(platform: Platform) -> Outcomes:
    """Judge what each group lets in and out by the zones of the machines it is on."""
    t = platform.territory
    everywhere = Zones(t)
    admin = list(zone_networks(t, Zone.ADMIN))
    exposed = [network for zone in EXPOSED for network in zone_networks(t, zone)]

    def is_admin(block: IPv4Network) -> bool:
        return any(block.overlaps(network) for network in admin)

    def is_exposed(block: IPv4Network) -> bool:
        return any(block.overlaps(network) for network in exposed) or not _is_ours(t, block)

    def judge(group: Resource) -> Outcomes:
        yield from given(
            lambda: Zone.ADMIN in _zones(everywhere, group), lambda: _lets_in(everywhere, group, is_exposed)
        )
        yield from given(lambda: bool(_zones(everywhere, group) & EXPOSED), lambda: _leads_out(group, is_admin))

    yield from each(platform.of(SECURITY_GROUP), judge)


def _lets_in(everywhere: Zones, group: Resource, is_exposed: _Block) -> Outcomes:
    message = "lets {} into the zone admin"
    yield from _blocks(group, "ingress", SECURITY_GROUP_INGRESS_RULE, is_exposed, message)
    for rule in group.stack.pointing_at(group, SECURITY_GROUP_INGRESS_RULE, "securityGroupId"):
        for peer in group.stack.targets(rule, "referencedSecurityGroupId"):
            if _zones(everywhere, peer) & EXPOSED:
                yield Problem(message.format(peer.name), "referencedSecurityGroupId", subject=rule.urn)


def _leads_out(group: Resource, is_admin: _Block) -> Outcomes:
    message = "leads from an exposed zone to {}, which holds addresses of the zone admin"
    yield from _blocks(group, "egress", SECURITY_GROUP_EGRESS_RULE, is_admin, message)


def _blocks(group: Resource, direction: str, rule_type: str, is_wrong: _Block, message: str) -> Outcomes:
    def judge(holder: Resource, node: Node) -> Outcomes:
        network = network_of(node)
        if network is not None and is_wrong(network):
            yield Problem(message.format(network), node.path, subject=holder.urn)

    def judge_list(holder: Resource, nodes: Node) -> Outcomes:
        yield from each(nodes.items, lambda node: judge(holder, node))

    stack = group.stack
    yield from each(
        [lambda: group[direction].items],
        lambda inline: each(inline(), lambda rule: judge_list(group, rule["cidrBlocks"])),
    )
    separate = stack.pointing_at(group, rule_type, "securityGroupId")
    yield from each(separate, lambda rule: judge(rule, rule["cidrIpv4"]))
    older = stack.pointing_at(group, SECURITY_GROUP_RULE, "securityGroupId")
    yield from each(
        older,
        lambda rule: given(lambda: rule["type"].text() == direction, lambda: judge_list(rule, rule["cidrBlocks"])),
    )


def _zones(everywhere: Zones, group: Resource) -> frozenset[Zone]:
    """The zones of the machines a group is on."""
    machines = group.stack.pointing_at(group, INSTANCE, "vpcSecurityGroupIds")
    subnets = [
        subnet for machine in machines for subnet in group.stack.targets(machine, "subnetId") if subnet.type == SUBNET
    ]
    found = {_zone(everywhere, subnet["cidrBlock"]) for subnet in subnets}
    return frozenset(zone for zone in found if zone is not None)


def _zone(everywhere: Zones, node: Node) -> Zone | None:
    network = network_of(node)
    if network is None:
        raise Malformed(node.path, "is no block of IPv4 addresses")
    return everywhere.of(network.network_address)


def _is_ours(t: Territory, block: IPv4Network) -> bool:
    space = t.address_space
    return any(block.subnet_of(ours) for ours in (space.sites, space.links, space.cloud, *space.communes.values()))


RULE = TerritoryRule(
    id="NET-104",
    title="Security groups lead from no exposed zone and not from the internet into the admin zone",
    severity=Severity.CRITICAL,
    rationale="Who takes a sensor or a public server would stand before the machines that administer everything.",
    remediation="Name bastions and administrative machines alone (cidrIpv4), and leave the zones iot and dmz, their "
    "security groups and 0.0.0.0/0 out.",
    check=check,
)
