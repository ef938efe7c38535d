"""VSPHERE-015: rights go to groups, not to people."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_ENTITY_PERMISSIONS
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node


def check(resource: Resource) -> Outcomes:
    """Look at who gets each permission."""
    yield from each(resource["permissions"].items, _judge)


def _judge(permission: Node) -> Outcomes:
    if not permission["isGroup"].truth():
        yield Problem("gives rights to one account", permission["isGroup"].path)


RULE = ResourceRule(
    id="VSPHERE-015",
    title="Rights go to groups, not to people",
    severity=Severity.MEDIUM,
    types=(VSPHERE_ENTITY_PERMISSIONS,),
    rationale="Who leaves or changes office leaves a directory group; rights given by name stay until somebody looks.",
    remediation="Name a directory group in userOrGroup and set isGroup to true; a robot gets a group of one.",
    check=check,
)
