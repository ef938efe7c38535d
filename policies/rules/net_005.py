"""NET-005: every network's default security group is taken over, and so emptied."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity
from policies.companions import Companion
from policies.resource_types import DEFAULT_SECURITY_GROUP, VPC
from policies.rule import StackRule
from policies.subjects import Resource, Stack

_DEFAULT_GROUP: Final = Companion((DEFAULT_SECURITY_GROUP,), "vpcId")


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look for a default security group of this network; NET-004 judges what it holds."""
    if not _DEFAULT_GROUP.completes(resource, stack):
        yield Problem("leaves its default security group as AWS makes it: open to all its members")


RULE = StackRule(
    id="NET-005",
    title="Every network's default security group is managed",
    severity=Severity.MEDIUM,
    types=(VPC,),
    rationale="AWS makes one in every network, open among its members and outwards; nobody sees it until it is used.",
    remediation="Declare an aws.ec2.DefaultSecurityGroup with the network's vpcId and without rules.",
    check=check,
)
