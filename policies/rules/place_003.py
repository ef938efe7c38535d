"""PLACE-003: a guest takes its share from a pool, not from the whole cluster."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_CLUSTER, VSPHERE_HOST, VSPHERE_VIRTUAL_MACHINE
from policies.rule import StackRule
from policies.subjects import Resource, Stack


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look at what the pool's id comes from: a cluster and a host each have a pool that is all of them."""
    for target in stack.targets(resource, "resourcePoolId"):
        if target.type in (VSPHERE_CLUSTER, VSPHERE_HOST):
            yield Problem(f"stands beside the pools of {target.name} and outweighs them", "resourcePoolId")


RULE = StackRule(
    id="PLACE-003",
    title="A guest takes its share from a pool, not from the whole cluster",
    severity=Severity.LOW,
    types=(VSPHERE_VIRTUAL_MACHINE,),
    rationale="One guest in the root pool counts as much as a whole pool beside it, so what is vital waits for it "
    "when the cluster is short.",
    remediation="Set resourcePoolId to the id of a vsphere.ResourcePool for the guest's criticality.",
    check=check,
    reads_no_value=True,
)
