"""VSPHERE-001: no port sees the traffic of others."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import (
    VSPHERE_DISTRIBUTED_PORT_GROUP,
    VSPHERE_DISTRIBUTED_SWITCH,
    VSPHERE_HOST_PORT_GROUP,
    VSPHERE_HOST_SWITCH,
)
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at what is said here; what a port group does not say is its switch's, and that says no by itself."""
    if resource["allowPromiscuous"].truth():
        yield Problem("lets every guest on it read the traffic of all others", "allowPromiscuous")


RULE = ResourceRule(
    id="VSPHERE-001",
    title="No port sees the traffic of others",
    severity=Severity.HIGH,
    types=(
        VSPHERE_DISTRIBUTED_PORT_GROUP,
        VSPHERE_DISTRIBUTED_SWITCH,
        VSPHERE_HOST_PORT_GROUP,
        VSPHERE_HOST_SWITCH,
    ),
    rationale="In promiscuous mode one guest that was broken into records what all its neighbours send and receive.",
    remediation="Set allowPromiscuous to false; give a sensor a mirrored port of its own instead.",
    check=check,
)
