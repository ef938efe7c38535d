"""LOG-007: load balancers write down who asked for what."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import ALB_LOAD_BALANCER, CLASSIC_LOAD_BALANCER, LOAD_BALANCER
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the access log; naming a bucket turns it on for classic ones only."""
    log = resource["accessLogs"]
    named = log.exists and resource.type == CLASSIC_LOAD_BALANCER
    if not log["enabled"].truth(default=named):
        yield Problem("has no access log", log["enabled"].path)


RULE = ResourceRule(
    id="LOG-007",
    title="Load balancers have an access log",
    severity=Severity.LOW,
    types=(LOAD_BALANCER, ALB_LOAD_BALANCER, CLASSIC_LOAD_BALANCER),
    rationale="What stands open to the public is tried all day; the log says what was tried, and by whom.",
    remediation="Set accessLogs.enabled to true and accessLogs.bucket to the bucket for logs.",
    check=check,
)
