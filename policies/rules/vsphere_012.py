"""VSPHERE-012: no host is taken away from another vCenter."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_HOST
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at whether the host is added by force."""
    if resource["force"].truth():
        yield Problem("is added even where another vCenter runs guests on it", "force")


RULE = ResourceRule(
    id="VSPHERE-012",
    title="No host is taken away from another vCenter",
    severity=Severity.MEDIUM,
    types=(VSPHERE_HOST,),
    rationale="A mistyped host name then pulls a running host, with its guests, out of the other site's cluster.",
    remediation="Leave force at false; remove a host that moves from its old vCenter first.",
    check=check,
)
