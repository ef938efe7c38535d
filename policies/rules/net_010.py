"""NET-010: the way between datacenters and cloud is found by BGP."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VPN_CONNECTION
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the switch that turns BGP off."""
    switch = resource["staticRoutesOnly"]
    if switch.truth():
        yield Problem("has static routes only", switch.path)


RULE = ResourceRule(
    id="NET-010",
    title="VPN connections use BGP",
    severity=Severity.MEDIUM,
    types=(VPN_CONNECTION,),
    rationale="Static routes stay when a tunnel is dead: traffic is lost until somebody takes them away.",
    remediation="Set staticRoutesOnly to false and give the customer gateway its autonomous system.",
    check=check,
)
