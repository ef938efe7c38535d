"""PLACE-005: guests that must be apart are not told to stay together."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, given
from policies.resource_types import VSPHERE_AFFINITY_RULE, VSPHERE_ANTI_AFFINITY_RULE, VSPHERE_VIRTUAL_MACHINE
from policies.rule import StackRule
from policies.siblings import siblings
from policies.subjects import Resource, Stack


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Compare whom an affinity rule binds with whom others separate, and with who stands in for whom."""
    yield from given(lambda: resource["enabled"].truth(default=True), lambda: _judge(resource, stack))


def _judge(resource: Resource, stack: Stack) -> Outcomes:
    together = [
        target for target in stack.targets(resource, "virtualMachineIds") if target.type == VSPHERE_VIRTUAL_MACHINE
    ]
    urns = {machine.urn for machine in together}
    for rule in stack.of(VSPHERE_ANTI_AFFINITY_RULE):
        if len(urns.intersection(machine.urn for machine in stack.targets(rule, "virtualMachineIds"))) > 1:
            yield Problem(f"binds together what {rule.name} keeps apart", "virtualMachineIds")
    for machine in together:
        if not urns.isdisjoint(other.urn for other in siblings(machine, stack)):
            yield Problem(f"binds {machine.name} to the guest that stands in for it", "virtualMachineIds")


RULE = StackRule(
    id="PLACE-005",
    title="Guests that must be apart are not told to stay together",
    severity=Severity.HIGH,
    types=(VSPHERE_AFFINITY_RULE,),
    rationale="Of two rules that contradict each other vCenter drops one, and says so where nobody looks.",
    remediation="Take the guests out of virtualMachineIds of the affinity rule.",
    check=check,
)
