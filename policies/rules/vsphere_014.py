"""VSPHERE-014: no role can give itself more."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_ROLE
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

LEADS_TO_ALL: Final = {
    "Authorization.ModifyPermissions": "gives itself any role anywhere",
    "Authorization.ModifyPrivileges": "changes what privileges mean",
    "Authorization.ModifyRoles": "adds any privilege to itself",
    "Authorization.ReassignRolePermissions": "turns a small role of everybody's into a large one",
    "Extension.Register": "registers a program that vCenter runs with rights of its own",
    "Extension.Update": "replaces a program that vCenter runs with rights of its own",
    "Global.Settings": "changes the vCenter's own settings",
    "Host.Config.AdvancedConfig": "changes any setting of a host",
    "Host.Local.ManageUserGroups": "makes itself an account on a host",
    "Sessions.ImpersonateUser": "acts under anybody's name",
}


def check(resource: Resource) -> Outcomes:
    """Look at each privilege for one that leads to all others."""
    yield from each(resource["rolePrivileges"].items, _judge)


def _judge(privilege: Node) -> Outcomes:
    name = privilege.text()
    if name in LEADS_TO_ALL:
        yield Problem(f"holds {name}: whoever has the role {LEADS_TO_ALL[name]}", privilege.path)


RULE = ResourceRule(
    id="VSPHERE-014",
    title="No role can give itself more",
    severity=Severity.HIGH,
    types=(VSPHERE_ROLE,),
    rationale="A role with one such privilege is an administrator's role under a smaller name.",
    remediation="Take the privilege out; what needs it is done with the built-in administrator, by few and logged.",
    check=check,
)
