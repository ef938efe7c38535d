"""VSPHERE-030: what vSAN sends between hosts is encrypted."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, any_of, given
from policies.resource_types import VSPHERE_CLUSTER
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at clusters that keep their disks in vSAN."""

    def judge() -> Outcomes:
        if not resource["vsanDitEncryptionEnabled"].truth():
            yield Problem("sends every block its guests write in the clear", "vsanDitEncryptionEnabled")

    yield from given(lambda: any_of(resource["vsanEnabled"].truth, resource["vsanEsaEnabled"].truth), judge)


RULE = ResourceRule(
    id="VSPHERE-030",
    title="What vSAN sends between hosts is encrypted",
    severity=Severity.MEDIUM,
    types=(VSPHERE_CLUSTER,),
    rationale="Guests' disks pass the network with each write: one tap on it is a tap on all of them.",
    remediation="Set vsanDitEncryptionEnabled to true beside vsanEnabled.",
    check=check,
)
