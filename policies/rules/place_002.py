"""PLACE-002: guests that stand in for each other are kept on different hosts."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_ANTI_AFFINITY_RULE, VSPHERE_VIRTUAL_MACHINE
from policies.rule import StackRule
from policies.siblings import siblings
from policies.subjects import Resource, Stack


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Find a rule that names this guest and another of its kind; what the rule itself is worth is PLACE-001."""
    rules = stack.pointing_at(resource, VSPHERE_ANTI_AFFINITY_RULE, "virtualMachineIds")
    apart = {other.urn for rule in rules for other in stack.targets(rule, "virtualMachineIds")}
    alike = siblings(resource, stack)
    if alike and apart.isdisjoint(other.urn for other in alike):
        yield Problem(f"may run on the host of {', '.join(sorted(other.name for other in alike))}")


RULE = StackRule(
    id="PLACE-002",
    title="Guests that stand in for each other are kept on different hosts",
    severity=Severity.HIGH,
    types=(VSPHERE_VIRTUAL_MACHINE,),
    rationale="Both routers on one host fall together: the second one was bought for exactly that day.",
    remediation="Name both in virtualMachineIds of a mandatory vsphere.ComputeClusterVmAntiAffinityRule; guests count"
    " as alike when their names differ in one number or letter (router-1, router-2).",
    check=check,
)
