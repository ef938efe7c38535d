"""VSPHERE-004: a port group has a VLAN of its own."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_DISTRIBUTED_PORT_GROUP, VSPHERE_HOST_PORT_GROUP
from policies.rule import StackRule
from policies.subjects import Resource, Stack

UNFIT: Final = {
    0: "is on no VLAN: its guests share the wire with whatever else is untagged there",
    1: "is on VLAN 1, which switches use for untagged traffic and for talking to each other",
    4095: "is on VLAN 4095: its guests choose their VLAN themselves",
}


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look at the group, and at its switch for what the group leaves to it."""
    for says in (resource, *stack.targets(resource, "distributedVirtualSwitchUuid")):
        if says["vlanId"].exists:
            yield from _judge(says)
            return
        if says["vlanRanges"].items or says["portPrivateSecondaryVlanId"].exists:
            return
    yield Problem(UNFIT[0], "vlanId")


def _judge(says: Resource) -> Outcomes:
    reason = UNFIT.get(int(says["vlanId"].number()))
    if reason is not None:
        yield Problem(reason, "vlanId")


RULE = StackRule(
    id="VSPHERE-004",
    title="A port group has a VLAN of its own",
    severity=Severity.HIGH,
    types=(VSPHERE_DISTRIBUTED_PORT_GROUP, VSPHERE_HOST_PORT_GROUP),
    rationale="VLANs are what keeps zones apart on shared cards: untagged, native or guest-tagged traffic crosses "
    "them.",
    remediation="Give vlanId a number from 2 to 4094 that is this zone's alone.",
    check=check,
)
