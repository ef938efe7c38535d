"""VSPHERE-009: a cluster keeps room for what a lost host carried."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, given
from policies.resource_types import VSPHERE_CLUSTER
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at what admission control keeps free, whichever way it counts."""
    yield from given(resource["haEnabled"].truth, lambda: _keeps_room(resource))


def _keeps_room(resource: Resource) -> Outcomes:
    policy = resource["haAdmissionControlPolicy"].text("resourcePercentage")
    if policy == "disabled":
        yield Problem("admits guests until no host may be lost", "haAdmissionControlPolicy")
    elif policy == "failoverHosts":
        if not resource["haAdmissionControlFailoverHostSystemIds"].items:
            yield Problem("names no host that is kept free", "haAdmissionControlFailoverHostSystemIds")
    elif policy == "resourcePercentage" and not resource["haAdmissionControlResourcePercentageAutoCompute"].truth(True):
        yield from _percentage(resource, "haAdmissionControlResourcePercentageCpu")
        yield from _percentage(resource, "haAdmissionControlResourcePercentageMemory")
    elif resource["haAdmissionControlHostFailureTolerance"].number(1) < 1:
        yield Problem("keeps room for the loss of no host at all", "haAdmissionControlHostFailureTolerance")


def _percentage(resource: Resource, property_name: str) -> Outcomes:
    if resource[property_name].number(100) <= 0:
        yield Problem("keeps nothing free", property_name)


RULE = ResourceRule(
    id="VSPHERE-009",
    title="A cluster keeps room for what a lost host carried",
    severity=Severity.HIGH,
    types=(VSPHERE_CLUSTER,),
    rationale="High availability restarts only what still fits: a full cluster loses as much as one without it.",
    remediation="Keep haAdmissionControlPolicy at resourcePercentage with haAdmissionControlHostFailureTolerance of 1"
    " or more, computed by vCenter.",
    check=check,
)
