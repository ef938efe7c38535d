"""VSPHERE-007: a network survives the loss of one card."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, given
from policies.resource_types import (
    VSPHERE_DISTRIBUTED_PORT_GROUP,
    VSPHERE_DISTRIBUTED_SWITCH,
    VSPHERE_HOST_PORT_GROUP,
    VSPHERE_HOST_SWITCH,
)
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.uplinks import ride_a_path


def check(resource: Resource) -> Outcomes:
    """Count the cards or uplinks that are named; what names none has its switch's, and circuits have one on purpose."""
    if resource.type in (VSPHERE_HOST_PORT_GROUP, VSPHERE_HOST_SWITCH):
        yield from _redundant(resource, "activeNics", "standbyNics")
    else:
        active = resource["activeUplinks"].items or resource["uplinks"].items
        yield from given(
            lambda: not ride_a_path(active),
            lambda: _redundant(resource, "activeUplinks" if resource["activeUplinks"].items else "uplinks"),
        )


def _redundant(resource: Resource, active: str, standby: str = "standbyUplinks") -> Outcomes:
    named = len(resource[active].items)
    if named and named + len(resource[standby].items) < 2:
        yield Problem("hangs on a single card: its loss, or its cable's, cuts every guest off", active)


RULE = ResourceRule(
    id="VSPHERE-007",
    title="A network survives the loss of one card",
    severity=Severity.MEDIUM,
    types=(
        VSPHERE_DISTRIBUTED_PORT_GROUP,
        VSPHERE_DISTRIBUTED_SWITCH,
        VSPHERE_HOST_PORT_GROUP,
        VSPHERE_HOST_SWITCH,
    ),
    rationale="Cards, cables and top-of-rack switches fail and are maintained; HA does not move guests for that.",
    remediation="Name a second uplink as active or standby, on another card; a circuit that rides one fibre path on "
    "purpose names its uplink after the path, not with a number.",
    check=check,
)
