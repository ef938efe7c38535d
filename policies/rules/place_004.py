"""PLACE-004: a guest can run on any host of its cluster."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_VIRTUAL_MACHINE
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node


def check(resource: Resource) -> Outcomes:
    """Look at what ties a guest to the hardware of one host."""
    yield from each((_devices, _cards), lambda judge: judge(resource))


def _devices(resource: Resource) -> Outcomes:
    if resource["pciDeviceIds"].items:
        yield Problem("owns a device of one host, so neither HA nor vMotion can move it", "pciDeviceIds")


def _cards(resource: Resource) -> Outcomes:
    yield from each(resource["networkInterfaces"].items, _card)


def _card(card: Node) -> Outcomes:
    if card["adapterType"].text() == "sriov":
        yield Problem("has a card that is a slice of one host's, so vMotion cannot move it", card["adapterType"].path)


RULE = ResourceRule(
    id="PLACE-004",
    title="A guest can run on any host of its cluster",
    severity=Severity.MEDIUM,
    types=(VSPHERE_VIRTUAL_MACHINE,),
    rationale="A guest that only one host can run is down whenever that host is, for maintenance as well.",
    remediation="Use adapterType vmxnet3 and no pciDeviceIds; pin to a group of hosts with a "
    "vsphere.ComputeClusterVmHostRule where placement matters.",
    check=check,
)
