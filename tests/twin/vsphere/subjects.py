"""The smallest resource of each type, and what some properties need beside them."""

from __future__ import annotations

import itertools
from typing import Any

from providers.logic import CreateResult, DiffResult, Properties
from twin.framework.declaration import Given
from twin.framework.values import plain_map, wrap
from twin.vsphere.provider import PACKAGE, VSphereProvider

TOKENS = {token.rsplit(":", 1)[-1]: token for token in PACKAGE.types}
_numbers = itertools.count()

_UPLINKS = {"uplinks": ["uplink1", "uplink2"]}
_PERCENTAGES = {"haAdmissionControlResourcePercentageAutoCompute": False}

COMPANY: dict[tuple[str, str], dict[str, Any]] = {
    ("ComputeCluster", "haAdmissionControlResourcePercentageCpu"): _PERCENTAGES,
    ("ComputeCluster", "haAdmissionControlResourcePercentageMemory"): _PERCENTAGES,
    ("ComputeCluster", "haAdmissionControlFailoverHostSystemIds"): {"haAdmissionControlPolicy": "failoverHosts"},
    ("ResourcePool", "cpuShares"): {"cpuShareLevel": "custom"},
    ("ResourcePool", "memoryShares"): {"memoryShareLevel": "custom"},
    ("VirtualMachine", "cpuShareCount"): {"cpuShareLevel": "custom"},
    ("VirtualMachine", "memoryShareCount"): {"memoryShareLevel": "custom"},
    ("VirtualMachine", "numCoresPerSocket"): {"numCpus": 2},
    ("VirtualMachine", "efiSecureBootEnabled"): {"firmware": "efi"},
    ("DistributedPortGroup", "activeUplinks"): {"standbyUplinks": []},
    ("DistributedPortGroup", "standbyUplinks"): {"activeUplinks": []},
    ("DistributedVirtualSwitch", "activeUplinks"): {"standbyUplinks": [], **_UPLINKS},
    ("DistributedVirtualSwitch", "standbyUplinks"): {"activeUplinks": [], **_UPLINKS},
    ("ComputeClusterVmHostRule", "antiAffinityHostGroupName"): {"affinityHostGroupName": None},
    ("Host", "datacenter"): {"cluster": None},
}
"""Properties that only mean something together with others; None takes one away."""


def minimal(kind: str) -> dict[str, Any]:
    """The inputs without which the type would refuse to be made; names never repeat."""
    name = f"subject-{next(_numbers)}"
    subjects: dict[str, dict[str, Any]] = {
        "Datacenter": {"name": name},
        "Folder": {"path": name, "type": "vm", "datacenterId": Given("datacenter")},
        "ComputeCluster": {"name": name, "datacenterId": Given("datacenter")},
        "Host": {
            "hostname": Given("unjoined host"),
            "username": "root",
            "password": Given("host password"),
            "cluster": Given("cluster"),
            "force": True,
        },
        "ResourcePool": {"name": name, "parentResourcePoolId": Given("pool")},
        "DistributedVirtualSwitch": {"name": name, "datacenterId": Given("datacenter")},
        "DistributedPortGroup": {"name": name, "distributedVirtualSwitchUuid": Given("switch")},
        "TagCategory": {"name": name, "cardinality": "SINGLE", "associableTypes": ["VirtualMachine"]},
        "Tag": {"name": name, "categoryId": Given("category")},
        "Role": {"name": name},
        "EntityPermissions": {
            "entityId": Given("folder"),
            "entityType": "Folder",
            "permissions": [
                {"userOrGroup": "VSPHERE.LOCAL\\reader", "isGroup": False, "propagate": True, "roleId": Given("role")}
            ],
        },
        "ComputeClusterVmAntiAffinityRule": {
            "name": name,
            "computeClusterId": Given("cluster"),
            "virtualMachineIds": [Given("vm"), Given("other vm")],
        },
        "ComputeClusterHostGroup": {
            "name": name,
            "computeClusterId": Given("cluster"),
            "hostSystemIds": [Given("host")],
        },
        "ComputeClusterVmGroup": {
            "name": name,
            "computeClusterId": Given("cluster"),
            "virtualMachineIds": [Given("vm")],
        },
        "ComputeClusterVmHostRule": {
            "name": name,
            "computeClusterId": Given("cluster"),
            "vmGroupName": Given("vm group"),
            "affinityHostGroupName": Given("host group"),
        },
        "VirtualMachine": {
            "name": name,
            "resourcePoolId": Given("pool"),
            "clone": {"templateUuid": Given("template")},
            "networkInterfaces": [{"networkId": Given("network")}],
            "waitForGuestNetTimeout": 0,
        },
    }
    return subjects[kind]


def inputs_with(kind: str, name: str, sample: Any, base: dict[str, Any]) -> dict[str, Any]:
    """Those inputs with one property set, and the company it needs."""
    merged = {**base, **COMPANY.get((kind, name), {}), name: sample}
    return {key: value for key, value in merged.items() if value is not None}


class Subject:
    """One resource under test, driven as the engine would."""

    def __init__(self, provider: VSphereProvider, kind: str) -> None:
        self.provider = provider
        self.token = TOKENS[kind]
        self.urn = f"urn:pulumi:s::p::{self.token}::subject"
        self.id = ""
        self.inputs: Properties = {}
        self.outputs: Properties = {}

    def check(self, values: dict[str, Any]) -> Properties:
        wrapped = {name: wrap(value) for name, value in values.items()}
        result = self.provider.check(self.urn, self.token, self.inputs, wrapped)
        assert not result.failures, result.failures
        return result.inputs

    def refusals(self, values: dict[str, Any]) -> dict[str, str]:
        wrapped = {name: wrap(value) for name, value in values.items()}
        result = self.provider.check(self.urn, self.token, {}, wrapped)
        return {failure.property: failure.reason for failure in result.failures}

    def create(self, values: dict[str, Any]) -> CreateResult:
        self.inputs = self.check(values)
        made = self.provider.create(self.urn, self.token, self.inputs, False, 0)
        self.id, self.outputs = made.id, made.properties
        return made

    def diff(self, values: dict[str, Any]) -> DiffResult:
        checked = self.check(values)
        return self.provider.diff(self.urn, self.token, self.id, self.inputs, self.outputs, checked, [])

    def update(self, values: dict[str, Any]) -> None:
        checked = self.check(values)
        self.outputs = self.provider.update(self.urn, self.token, self.id, self.inputs, self.outputs, checked, False, 0)
        self.inputs = checked

    def refresh(self) -> str:
        seen = self.provider.read(self.urn, self.token, self.id, self.inputs, self.outputs)
        self.inputs, self.outputs = seen.inputs, seen.properties
        return seen.id

    def delete(self) -> None:
        self.provider.delete(self.urn, self.token, self.id, self.inputs, self.outputs, 0)

    def seen(self) -> dict[str, Any]:
        return plain_map(self.outputs)
