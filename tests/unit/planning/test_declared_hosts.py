"""Every virtual machine and instance that is planned is a declared host, and the other way round."""

from __future__ import annotations

import json
from base64 import b64decode
from ipaddress import IPv4Interface
from typing import Any

import pytest

from planning.plan import PlannedResource
from stacks.layers import stack_name
from territory.hosts import hosts
from territory.loader import load_territory
from tests.unit.planning.released_urns import planned

MACHINE, INSTANCE = "vsphere:index/virtualMachine:VirtualMachine", "aws:ec2/instance:Instance"


def _name(resource: PlannedResource) -> str:
    return resource.inputs["name"] if resource.type == MACHINE else resource.inputs["tags"]["Name"]


def _addresses(resource: PlannedResource) -> set[str]:
    if resource.type == INSTANCE:
        return {resource.inputs["privateIp"]}
    metadata: dict[str, Any] = json.loads(b64decode(resource.inputs["extraConfig"]["guestinfo.metadata"]))
    cards = metadata["network"]["ethernets"].values()
    return {str(IPv4Interface(address).ip) for card in cards for address in card["addresses"]}


@pytest.mark.parametrize("name", ["sandbox", "bordeaux"])
def test_hosts_are_what_is_planned(name: str) -> None:
    found = [
        (_name(resource), stack.name, _addresses(resource))
        for stack in planned(name).stacks
        for resource in stack.deployable
        if resource.type in (MACHINE, INSTANCE)
    ]
    declared = hosts(load_territory(name))
    assert sorted((guest, stack) for guest, stack, _ in found) == sorted(
        (host.name, stack_name(name, host.layer, host.part)) for host in declared
    )
    addresses = {guest: its for guest, _, its in found}
    for host in declared:
        assert {str(way.address) for way in host.ways} <= addresses[host.name]
