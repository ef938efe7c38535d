"""What a vCenter holds, asked by pyVmomi and REST: nothing here knows Pulumi or the twin's providers."""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim

SYSTEM_ROLE_LIMIT = 0
KINDS: dict[str, list[Any]] = {
    "vsphere:index/datacenter:Datacenter": [vim.Datacenter],
    "vsphere:index/computeCluster:ComputeCluster": [vim.ClusterComputeResource],
    "vsphere:index/host:Host": [vim.HostSystem],
    "vsphere:index/distributedVirtualSwitch:DistributedVirtualSwitch": [vim.DistributedVirtualSwitch],
}


@dataclass(frozen=True)
class VCenterInventory:
    """One simulated vCenter."""

    port: int
    user: str
    password: str

    @contextmanager
    def content(self) -> Generator[Any]:
        """The service content of a session of its own."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        service: Any = SmartConnect(
            host="127.0.0.1", port=self.port, user=self.user, pwd=self.password, sslContext=context
        )
        try:
            yield service.RetrieveContent()
        finally:
            Disconnect(service)

    def names(self, *kinds: Any) -> list[str]:
        """The names of every object of some kinds."""
        with self.content() as content:
            return [item.name for item in view(content, *kinds)]

    def guests(self) -> list[str]:
        """Virtual machines that are no templates."""
        with self.content() as content:
            return [machine.name for machine in view(content, vim.VirtualMachine) if not machine.config.template]

    def port_groups(self) -> list[str]:
        """Distributed port groups that no switch made for its own uplinks."""
        with self.content() as content:
            return [
                group.name for group in view(content, vim.dvs.DistributedVirtualPortgroup) if not group.config.uplink
            ]

    def counts(self) -> Counter[str]:
        """How many objects there are of each type of the official provider that can be counted from outside."""
        counted = Counter({token: len(self.names(*kinds)) for token, kinds in KINDS.items()})
        counted["vsphere:index/virtualMachine:VirtualMachine"] = len(self.guests())
        counted["vsphere:index/distributedPortGroup:DistributedPortGroup"] = len(self.port_groups())
        with self.content() as content:
            rules: list[Any] = []
            pools = 0
            for cluster in view(content, vim.ClusterComputeResource):
                rules += cluster.configurationEx.rule or ()
                pools += len(cluster.resourcePool.resourcePool)
            counted["vsphere:index/resourcePool:ResourcePool"] = pools
            counted["vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule"] = sum(
                isinstance(rule, vim.cluster.AntiAffinityRuleSpec) for rule in rules
            )
            counted["vsphere:index/role:Role"] = sum(
                not role.system and role.roleId > SYSTEM_ROLE_LIMIT for role in content.authorizationManager.roleList
            )
        counted["vsphere:index/tagCategory:TagCategory"] = len(self.tagging("category"))
        counted["vsphere:index/tag:Tag"] = len(self.tagging("tag"))
        return counted

    def tagging(self, kind: str) -> list[str]:
        """Ids of categories or tags."""
        with self.rest() as session:
            return session.get(f"{self.address}/tagging/{kind}", timeout=30).json()["value"] or []

    @property
    def address(self) -> str:
        """Where the vAPI is."""
        return f"https://127.0.0.1:{self.port}/rest/com/vmware/cis"

    @contextmanager
    def rest(self) -> Generator[requests.Session]:
        """A session with the vAPI."""
        urllib3.disable_warnings()
        with requests.Session() as session:
            session.trust_env = False
            session.verify = False
            answer = session.post(f"{self.address}/session", auth=(self.user, self.password), timeout=30)
            session.headers["vmware-api-session-id"] = answer.json()["value"]
            yield session


def view(content: Any, *kinds: Any) -> list[Any]:
    """Every object of some kinds, anywhere in the inventory."""
    container = content.viewManager.CreateContainerView(content.rootFolder, list(kinds), True)
    try:
        return list(container.view or ())
    finally:
        container.Destroy()


def find(content: Any, kind: Any, name: str) -> Any:
    """The one object of a kind and name."""
    (found,) = [item for item in view(content, kind) if item.name == name]
    return found


def wait_for(task: Any) -> None:
    """Wait for a vCenter task."""
    while task.info.state not in (vim.TaskInfo.State.success, vim.TaskInfo.State.error):
        pass
    assert task.info.state == vim.TaskInfo.State.success, task.info.error
