"""VSPHERE-011: a host takes orders from its vCenter alone."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_HOST
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the lockdown mode; none is what a host has by default."""
    if resource["lockdown"].text("disabled") == "disabled":
        yield Problem("lets whoever has its password in beside the vCenter", "lockdown")


RULE = ResourceRule(
    id="VSPHERE-011",
    title="A host takes orders from its vCenter alone",
    severity=Severity.MEDIUM,
    types=(VSPHERE_HOST,),
    rationale="What is done on a host directly passes by roles and permissions, and is in no vCenter's log.",
    remediation="Set lockdown to normal (strict where the console has to be closed as well).",
    check=check,
)
