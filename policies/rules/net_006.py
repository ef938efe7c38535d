"""NET-006: a subnet gives nobody a public address by itself."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import DEFAULT_SUBNET, SUBNET
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the switch; AWS sets it in the default subnets it makes, and nowhere else."""
    switch = resource["mapPublicIpOnLaunch"]
    if switch.truth(default=resource.type == DEFAULT_SUBNET):
        yield Problem("gives whatever starts in it a public address", switch.path)


RULE = ResourceRule(
    id="NET-006",
    title="Subnets hand out no public addresses",
    severity=Severity.HIGH,
    types=(SUBNET, DEFAULT_SUBNET),
    rationale="A machine that is public because of where it was started is one that nobody decided to publish.",
    remediation="Set mapPublicIpOnLaunch to false; what is to be public stands behind a load balancer.",
    check=check,
)
