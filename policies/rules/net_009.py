"""NET-009: a network that is joined to the datacenters has no door of its own to the internet."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import INTERNET_GATEWAY, INTERNET_GATEWAY_ATTACHMENT, VPN_GATEWAY, VPN_GATEWAY_ATTACHMENT
from policies.rule import StackRule
from policies.subjects import Resource, Stack


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look whether the network the gateway opens is one that a VPN gateway of this stack is attached to."""
    opened = _network(resource, stack)
    joined = stack.of(VPN_GATEWAY, VPN_GATEWAY_ATTACHMENT)
    if opened & {network for gateway in joined for network in _network(gateway, stack)}:
        yield Problem("opens to the internet a network that is joined to the datacenters", "vpcId")


def _network(resource: Resource, stack: Stack) -> set[str]:
    """By what a network is known here: the resource it came from, or else the id that is written down."""
    sources = {target.urn for target in stack.targets(resource, "vpcId")}
    if sources or not resource["vpcId"].exists:
        return sources
    return {resource["vpcId"].text()}


RULE = StackRule(
    id="NET-009",
    title="A network joined to the datacenters has no internet gateway",
    severity=Severity.HIGH,
    types=(INTERNET_GATEWAY, INTERNET_GATEWAY_ATTACHMENT),
    rationale="Whoever comes in by it stands behind the datacenters' own firewalls; all ways out are to pass them.",
    remediation="Remove the internet gateway, and reach the internet through the datacenters or another network.",
    check=check,
)
