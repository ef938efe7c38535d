"""NET-007: no machine has a public address of its own."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, all_of, each
from policies.resource_types import (
    EIP,
    EIP_ASSOCIATION,
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
)
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

PLACING: Final = (
    "associatePublicIpAddress",
    "launchTemplate",
    "networkInterfaces",
    "primaryNetworkInterface",
    "subnetId",
)
"""Each of them says by itself where a machine stands, or whether it is public there."""


def check(resource: Resource) -> Outcomes:
    """Look at the machine, at what it is started from, and at what gives it a fixed address."""
    if resource.type == LAUNCH_TEMPLATE:
        yield from each(resource["networkInterfaces"].items, lambda nic: _asked_for(nic["associatePublicIpAddress"]))
    elif resource.type == EIP:
        yield from _given_to(resource["instance"])
    elif resource.type == EIP_ASSOCIATION:
        yield from _given_to(resource["instanceId"])
    elif resource.type == LAUNCH_CONFIGURATION:
        yield from _asked_for(resource["associatePublicIpAddress"])
    else:
        yield from each((_by_switch, _by_default), lambda look: look(resource))


def _by_switch(resource: Resource) -> Outcomes:
    yield from _asked_for(resource["associatePublicIpAddress"])


def _asked_for(switch: Node) -> Outcomes:
    if switch.truth():
        yield Problem("asks for a public address", switch.path)


def _given_to(machine: Node) -> Outcomes:
    if machine.exists:
        yield Problem("gives one machine a public address", machine.path)


def _by_default(resource: Resource) -> Outcomes:
    if all_of(*(lambda name=name: not resource[name].exists for name in PLACING)):
        yield Problem("names no subnet, and the default one gives it a public address", "subnetId")


RULE = ResourceRule(
    id="NET-007",
    title="No machine has a public address",
    severity=Severity.HIGH,
    types=(INSTANCE, SPOT_INSTANCE_REQUEST, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, EIP, EIP_ASSOCIATION),
    rationale="What has a public address is found and tried within minutes, whatever its security group says today.",
    remediation="Name a private subnetId and set associatePublicIpAddress to false; publish through a load balancer.",
    check=check,
)
