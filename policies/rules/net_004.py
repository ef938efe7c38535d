"""NET-004: a network's default security group holds no rule."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import DEFAULT_SECURITY_GROUP
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node


def check(resource: Resource) -> Outcomes:
    """Look at both directions; a default group that is taken over without rules loses those AWS gave it."""
    yield from each((resource["ingress"], resource["egress"]), lambda rules: each(rules.items, _judge))


def _judge(rule: Node) -> Outcomes:
    yield Problem("is a rule of the group that whatever names no group gets", rule.path)


RULE = ResourceRule(
    id="NET-004",
    title="The default security group is closed",
    severity=Severity.MEDIUM,
    types=(DEFAULT_SECURITY_GROUP,),
    rationale="What is started without a group lands in the default one; it should reach nothing, and be noticed.",
    remediation="Leave ingress and egress of the DefaultSecurityGroup empty and give everything a group of its own.",
    check=check,
)
