"""IAM-004: a role can never be given more than its boundary."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import ROLE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look whether there is one."""
    boundary = resource["permissionsBoundary"]
    if not boundary.exists:
        yield Problem("has no permissions boundary", boundary.path)


RULE = ResourceRule(
    id="IAM-004",
    title="Roles have a permissions boundary",
    severity=Severity.MEDIUM,
    types=(ROLE,),
    rationale="Policies are added to a role for years, each for a reason; the boundary holds whatever they add up to.",
    remediation="Set permissionsBoundary to the ARN of the platform's boundary policy.",
    check=check,
)
