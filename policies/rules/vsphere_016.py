"""VSPHERE-016: nobody is made administrator by a permission in code."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_ENTITY_PERMISSIONS
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

ADMINISTRATOR: Final = "-1"
"""The number of vCenter's built-in role of that name, in every vCenter."""


def check(resource: Resource) -> Outcomes:
    """Look at the role of each permission."""
    yield from each(resource["permissions"].items, _judge)


def _judge(permission: Node) -> Outcomes:
    if permission["roleId"].text() == ADMINISTRATOR:
        yield Problem("gives the built-in administrator's role", permission["roleId"].path)


RULE = ResourceRule(
    id="VSPHERE-016",
    title="Nobody is made administrator by a permission in code",
    severity=Severity.HIGH,
    types=(VSPHERE_ENTITY_PERMISSIONS,),
    rationale="The built-in role holds every privilege, those of coming versions included, and cannot be made smaller.",
    remediation="Make a vsphere.Role with the privileges the work needs and give that.",
    check=check,
)
