"""IAM-010: rights are given to roles and groups."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import POLICY_ATTACHMENT, USER_POLICY, USER_POLICY_ATTACHMENT
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Whatever gives rights to one user is one too many."""
    if resource.type != POLICY_ATTACHMENT or resource["users"].items:
        yield Problem("gives rights to one user", "users" if resource.type == POLICY_ATTACHMENT else "user")


RULE = ResourceRule(
    id="IAM-010",
    title="No user is given rights by name",
    severity=Severity.LOW,
    types=(USER_POLICY, USER_POLICY_ATTACHMENT, POLICY_ATTACHMENT),
    rationale="What was given to a person stays when the person changes work; groups and roles are seen and reviewed.",
    remediation="Give the policy to a role or a group, and let the user take or join it.",
    check=check,
)
