"""VSPHERE-013: a vCenter proves who it is before it is given a password."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_PROVIDER, VSPHERE_VIRTUAL_MACHINE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look, in production, at the providers, and at where guests' images come from."""
    if not resource.in_production:
        return
    unverified = (
        resource["allowUnverifiedSsl"]
        if resource.type == VSPHERE_PROVIDER
        else resource.inputs.at("ovfDeploy", "allowUnverifiedSslCert")
    )
    if unverified.truth():
        yield Problem("accepts any certificate, hence anybody in between", unverified.path)


RULE = ResourceRule(
    id="VSPHERE-013",
    title="A vCenter proves who it is before it is given a password",
    severity=Severity.HIGH,
    types=(VSPHERE_PROVIDER, VSPHERE_VIRTUAL_MACHINE),
    rationale="Whoever sits between learns the administrator's password, or hands out the image guests start from.",
    remediation="Set allowUnverifiedSsl (allowUnverifiedSslCert of an OVF) to false and install the vCenter's "
    "certificate authority where Pulumi runs.",
    check=check,
)
