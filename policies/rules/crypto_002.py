"""CRYPTO-002: every disk is encrypted."""

from __future__ import annotations

from functools import partial
from typing import Final

from policies.answers import Outcomes, Problem, Severity, any_of, each, given
from policies.resource_types import (
    AMI_COPY,
    EBS_VOLUME,
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SNAPSHOT_COPY,
    SPOT_INSTANCE_REQUEST,
)
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

WHOLE: Final = (EBS_VOLUME, SNAPSHOT_COPY, AMI_COPY)


def check(resource: Resource) -> Outcomes:
    """Look at disks by themselves, at those a machine is started with, and at those a template gives it."""
    if resource.type in WHOLE:
        yield from _judge(resource.inputs)
    elif resource.type == LAUNCH_TEMPLATE:
        yield from each(resource["blockDeviceMappings"].items, lambda mapping: _mapped(mapping["ebs"]))
    else:
        yield from each((_root, _others), lambda look: look(resource))


def _root(resource: Resource) -> Outcomes:
    root = resource["rootBlockDevice"]
    # Where only a template speaks of disks, it is the template that is judged.
    said_here = partial(any_of, lambda: root.exists, lambda: not resource["launchTemplate"].exists)
    yield from given(said_here, lambda: _judge(root))


def _others(resource: Resource) -> Outcomes:
    yield from each(resource["ebsBlockDevices"].items, _judge)


def _mapped(disk: Node) -> Outcomes:
    if disk.exists:
        yield from _judge(disk)


def _judge(disk: Node) -> Outcomes:
    switch = disk["encrypted"]
    if not switch.truth():
        yield Problem("is not encrypted", switch.path)


RULE = ResourceRule(
    id="CRYPTO-002",
    title="Disks are encrypted",
    severity=Severity.HIGH,
    types=(*WHOLE, INSTANCE, SPOT_INSTANCE_REQUEST, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION),
    rationale="A snapshot of a disk in the clear can be shared with any account, and read there.",
    remediation="Set encrypted to true on the volume, on rootBlockDevice and on each of ebsBlockDevices.",
    check=check,
)
