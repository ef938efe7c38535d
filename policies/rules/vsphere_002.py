"""VSPHERE-002: no guest sends under the hardware address of another."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import (
    VSPHERE_DISTRIBUTED_PORT_GROUP,
    VSPHERE_DISTRIBUTED_SWITCH,
    VSPHERE_HOST_PORT_GROUP,
    VSPHERE_HOST_SWITCH,
)
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at both ways to another address; a standard switch that says nothing allows them, the others do not."""
    by_default = resource.type == VSPHERE_HOST_SWITCH

    def judge(property_name: str) -> Outcomes:
        if resource[property_name].truth(by_default):
            yield Problem("lets a guest pass for another by its hardware address", property_name)

    yield from each(("allowForgedTransmits", "allowMacChanges"), judge)


RULE = ResourceRule(
    id="VSPHERE-002",
    title="No guest sends under the hardware address of another",
    severity=Severity.MEDIUM,
    types=(
        VSPHERE_DISTRIBUTED_PORT_GROUP,
        VSPHERE_DISTRIBUTED_SWITCH,
        VSPHERE_HOST_PORT_GROUP,
        VSPHERE_HOST_SWITCH,
    ),
    rationale="A guest with its neighbour's address takes over the neighbour's traffic, and filters by address "
    "believe it.",
    remediation="Set allowForgedTransmits and allowMacChanges to false; on a standard switch write them down, its "
    "default is true.",
    check=check,
)
