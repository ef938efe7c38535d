"""VSPHERE-006: a circuit rides exactly one path."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, given
from policies.resource_types import VSPHERE_DISTRIBUTED_PORT_GROUP
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.uplinks import ride_a_path


def check(resource: Resource) -> Outcomes:
    """Look at port groups that say they ride an uplink with a name of its own."""
    active = resource["activeUplinks"].items

    def judge() -> Outcomes:
        if len(active) > 1:
            yield Problem(f"has {len(active)} active uplinks where a circuit has one", "activeUplinks")
        if resource["standbyUplinks"].items:
            yield Problem("has a standby uplink, so it moves to another path unseen", "standbyUplinks")

    yield from given(lambda: ride_a_path(active), judge)


RULE = ResourceRule(
    id="VSPHERE-006",
    title="A circuit rides exactly one path",
    severity=Severity.HIGH,
    types=(VSPHERE_DISTRIBUTED_PORT_GROUP,),
    rationale="A circuit that slips onto another circuit's fibre hides the cut of its own, and the next cut takes "
    "both of what was planned as two.",
    remediation="Set activeUplinks to the one uplink of the circuit's path and standbyUplinks to an empty list; "
    "uplinks that stand in for each other are numbered (uplink1, uplink2).",
    check=check,
)
