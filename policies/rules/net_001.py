"""NET-001: nobody on the internet reaches a door that only administrators use."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Final

from policies.answers import Malformed, Outcomes, Problem, Severity, each, given
from policies.resource_types import SECURITY_GROUP, SECURITY_GROUP_INGRESS_RULE, SECURITY_GROUP_RULE
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

ADMINISTRATIVE_PORTS: Final = (22, 23, 3389, 5900, 5985, 5986, 8443, 9443)


def check(resource: Resource) -> Outcomes:
    """Look at the rule itself, or at every rule a group holds inline."""
    if resource.type == SECURITY_GROUP_INGRESS_RULE:
        yield from _opens(resource.inputs, "ipProtocol", "cidrIpv4", "cidrIpv6")
    elif resource.type == SECURITY_GROUP:
        yield from each(resource["ingress"].items, _opens)
    elif resource["type"].text() == "ingress":
        yield from _opens(resource.inputs)


def _opens(rule: Node, protocol: str = "protocol", ipv4: str = "cidrBlocks", ipv6: str = "ipv6CidrBlocks") -> Outcomes:
    def judge(source: Node) -> Outcomes:
        if _is_everybody(source):
            yield Problem(f"lets {source.text()} reach an administrative port", source.path)

    yield from given(
        lambda: _reaches_a_door(rule, protocol),
        lambda: each((rule[ipv4], rule[ipv6]), lambda sources: each(sources.items, judge)),
    )


def _is_everybody(source: Node) -> bool:
    try:
        return ip_network(source.text(), strict=False).prefixlen == 0
    except ValueError:
        raise Malformed(source.path, f"is {source.text()!r}, which is no block of addresses") from None


def _reaches_a_door(rule: Node, protocol: str) -> bool:
    if rule[protocol].text() in ("-1", "all"):
        return True
    first, last = rule["fromPort"].number(-1), rule["toPort"].number(-1)
    return any(first <= port <= last for port in ADMINISTRATIVE_PORTS)


RULE = ResourceRule(
    id="NET-001",
    title="No administrative port is open to the internet",
    severity=Severity.CRITICAL,
    types=(SECURITY_GROUP, SECURITY_GROUP_RULE, SECURITY_GROUP_INGRESS_RULE),
    rationale="Whoever reaches a login can try every leaked password on it; bastions exist so that nobody has to.",
    remediation="Let in the bastions' addresses alone: cidrIpv4 of one bastion a rule, never 0.0.0.0/0 or ::/0.",
    check=check,
)
