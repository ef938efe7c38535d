"""Every object that a state declares stands in a vCenter or a cloud, none is missing and none stands twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pyVmomi import vim

from tests.twin.operations.cloud_reader import CloudReader
from tests.twin.operations.metro import Metro


def assert_exactly_one_each(metro: Metro, stacks: Iterable[str]) -> None:
    """Of these stacks of the sandbox, when no others are up."""
    assert_exactly_one_each_in_the_cloud(metro, stacks)
    declared = _declared(metro, stacks)
    inventories = metro.vcenters()
    for token in next(iter(inventories.values())).counts():
        found = sum(inventory.counts()[token] for inventory in inventories.values())
        assert found == declared[token], token
    for name, inventory in inventories.items():
        for names in (inventory.guests(), inventory.port_groups(), inventory.names(vim.HostSystem)):
            assert len(set(names)) == len(names), (name, names)


def assert_exactly_one_each_in_the_cloud(metro: Metro, stacks: Iterable[str]) -> None:
    """Of what these stacks of the sandbox hold in the cloud, when no others are up."""
    declared = _declared(metro, stacks)
    found = CloudReader.of(metro).counts()
    assert dict(found) == {token: declared[token] for token in found}


def _declared(metro: Metro, stacks: Iterable[str]) -> Counter[str]:
    return Counter(resource["type"] for stack in stacks for resource in metro.deployed(stack)["resources"])
