"""IAM-008: nobody is an administrator by one of AWS's ready-made policies."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import (
    GROUP_POLICY_ATTACHMENT,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_POLICY_ATTACHMENT,
    USER_POLICY_ATTACHMENT,
)
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

TOO_MUCH: Final = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")


def check(resource: Resource) -> Outcomes:
    """Look at what is attached, to a role at its making or by itself."""
    attached = resource["managedPolicyArns"].items if resource.type == ROLE else [resource["policyArn"]]
    yield from each(attached, _judge)


def _judge(policy: Node) -> Outcomes:
    name = policy.text().rpartition(":aws:policy/")[2]
    if name in TOO_MUCH:
        yield Problem(f"gives {name}", policy.path)


RULE = ResourceRule(
    id="IAM-008",
    title="Nobody is given AWS's administrator policies",
    severity=Severity.HIGH,
    types=(ROLE, ROLE_POLICY_ATTACHMENT, USER_POLICY_ATTACHMENT, GROUP_POLICY_ATTACHMENT, POLICY_ATTACHMENT),
    rationale="They allow everything, or giving oneself everything; no service and no daily work needs that.",
    remediation="Attach a policy that names what is needed.",
    check=check,
)
