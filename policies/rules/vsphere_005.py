"""VSPHERE-005: a trunk names the VLANs it carries."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, any_of, each
from policies.resource_types import VSPHERE_DISTRIBUTED_PORT_GROUP, VSPHERE_DISTRIBUTED_SWITCH
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

WIDEST: Final = 256
"""More VLANs than that in one range were not counted by anybody."""


def check(resource: Resource) -> Outcomes:
    """Look at each range: where it starts, where it ends, how much lies between."""
    yield from each(resource["vlanRanges"].items, _judge)


def _judge(carried: Node) -> Outcomes:
    first, last = carried["minVlan"], carried["maxVlan"]
    if any_of(
        lambda: first.number() <= 1,
        lambda: last.number() >= 4095,
        lambda: last.number() - first.number() >= WIDEST,
    ):
        yield Problem(
            f"carries untagged, reserved or more than {WIDEST} VLANs at once, whoever they belong to", carried.path
        )


RULE = ResourceRule(
    id="VSPHERE-005",
    title="A trunk names the VLANs it carries",
    severity=Severity.MEDIUM,
    types=(VSPHERE_DISTRIBUTED_PORT_GROUP, VSPHERE_DISTRIBUTED_SWITCH),
    rationale="A guest on a trunk of everything stands in every zone at once, those made tomorrow included.",
    remediation="List the VLANs the guest needs in vlanRanges, from 2 upward, a short range each.",
    check=check,
)
