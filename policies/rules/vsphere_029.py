"""VSPHERE-029: storage on the network knows who asks."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_NAS_DATASTORE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the protocol, and at how it proves who a host is."""
    if resource["type"].text() != "NFS41":
        yield Problem("is NFS 3, which believes any address that asks", "type")
    elif resource["securityType"].text("AUTH_SYS") == "AUTH_SYS":
        yield Problem("believes any host that asks", "securityType")


RULE = ResourceRule(
    id="VSPHERE-029",
    title="Storage on the network knows who asks",
    severity=Severity.MEDIUM,
    types=(VSPHERE_NAS_DATASTORE,),
    rationale="Whoever reaches the storage network reads and changes every disk on it, under all guests' own controls.",
    remediation="Set type to NFS41 and securityType to SEC_KRB5I.",
    check=check,
)
