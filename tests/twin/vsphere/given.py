"""The objects that sample values refer to, made with plain pyVmomi and REST before the tests start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyVmomi import vim

from tests.twin.vsphere.vcenters import HOST_PASSWORD, VCenter, finish
from twin.framework.declaration import Given


@dataclass(frozen=True)
class Site:
    """A vCenter with one of everything in it, and the ids of those things by the names samples use."""

    vcenter: VCenter
    ids: dict[str, str]

    def resolve(self, value: Any) -> Any:
        """A sample with its `Given` names turned into ids."""
        if isinstance(value, Given):
            return self.ids[value.name]
        if isinstance(value, (list, tuple)):
            return [self.resolve(part) for part in value]
        return {key: self.resolve(part) for key, part in value.items()} if isinstance(value, dict) else value


def _join(cluster: Any, name: str) -> Any:
    spec = vim.host.ConnectSpec(hostName=name, userName="root", password=HOST_PASSWORD, force=True)
    return finish(cluster.AddHost_Task(spec, True))


def _switch(datacenter: Any, name: str, hosts: tuple[Any, ...] = ()) -> Any:
    members = [
        vim.dvs.HostMember.ConfigSpec(operation="add", host=host, backing=vim.dvs.HostMember.PnicBacking())
        for host in hosts
    ]
    uplinks = vim.DistributedVirtualSwitch.NameArrayUplinkPortPolicy(uplinkPortName=["uplink1", "uplink2"])
    spec = vim.dvs.VmwareDistributedVirtualSwitch.ConfigSpec(name=name, host=members, uplinkPortPolicy=uplinks)
    return finish(datacenter.networkFolder.CreateDVS_Task(vim.DistributedVirtualSwitch.CreateSpec(configSpec=spec)))


def _group(switch: Any, name: str) -> Any:
    spec = vim.dvs.DistributedVirtualPortgroup.ConfigSpec(name=name, type="earlyBinding")
    finish(switch.AddDVPortgroup_Task([spec]))
    return next(group for group in switch.portgroup if group.name == name)


def _pool(parent: Any, name: str) -> Any:
    allocation = {
        "reservation": 0,
        "expandableReservation": True,
        "limit": -1,
        "shares": vim.SharesInfo(level="normal", shares=0),
    }
    part = vim.ResourceAllocationInfo(**allocation)
    return parent.CreateResourcePool(name, vim.ResourceConfigSpec(cpuAllocation=part, memoryAllocation=part))


def _machine(template: Any, datacenter: Any, pool: Any, name: str) -> Any:
    spec = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(pool=pool), template=False, powerOn=False)
    return finish(template.CloneVM_Task(datacenter.vmFolder, name, spec))


def _groups(cluster: Any, hosts: list[Any], machines: list[Any]) -> None:
    """Two groups of hosts and two of machines, which VM/host rules speak of by name."""
    made = [
        vim.cluster.HostGroup(name="given host group", host=hosts[:1]),
        vim.cluster.HostGroup(name="given other host group", host=hosts[1:]),
        vim.cluster.VmGroup(name="given vm group", vm=machines[:1]),
        vim.cluster.VmGroup(name="given other vm group", vm=machines[1:]),
    ]
    spec = vim.cluster.ConfigSpecEx(groupSpec=[vim.cluster.GroupSpec(operation="add", info=item) for item in made])
    finish(cluster.ReconfigureComputeResource_Task(spec, True))


def _tag(vcenter: VCenter, category: str, name: str) -> str:
    spec = {"name": name, "description": "", "category_id": category}
    return str(vcenter.rest("POST", "/tag", {"create_spec": spec}))


def _category(vcenter: VCenter, name: str, cardinality: str = "MULTIPLE") -> str:
    spec = {"name": name, "description": "", "cardinality": cardinality, "associable_types": []}
    return str(vcenter.rest("POST", "/category", {"create_spec": spec}))


def prepare(vcenter: VCenter) -> Site:
    """Fill an empty vCenter."""
    root = vcenter.content.rootFolder
    datacenter, other = root.CreateDatacenter("given-dc"), root.CreateDatacenter("given-dc-2")
    cluster = datacenter.hostFolder.CreateClusterEx("given-cluster", vim.cluster.ConfigSpecEx())
    cluster_2 = datacenter.hostFolder.CreateClusterEx("given-cluster-2", vim.cluster.ConfigSpecEx())
    hosts = [_join(cluster, f"{vcenter.id}-esxi-{number}") for number in (1, 2)]
    switch, switch_2 = _switch(datacenter, "given-switch", tuple(hosts)), _switch(datacenter, "given-switch-2")
    group, group_2 = _group(switch, "given-group"), _group(switch, "given-group-2")
    pool, pool_2 = _pool(cluster.resourcePool, "given-pool"), _pool(cluster.resourcePool, "given-pool-2")
    template = next(vm for vm in vcenter.every(vim.VirtualMachine) if vm.name == "debian-12")
    machines = [_machine(template, datacenter, pool, f"given-vm-{number}") for number in range(3)]
    category, category_2 = _category(vcenter, "given-category"), _category(vcenter, "given-category-2")
    role = vcenter.content.authorizationManager.AddAuthorizationRole("given-role", ["Datastore.Browse"])
    folder, folder_2 = datacenter.vmFolder.CreateFolder("vms"), datacenter.vmFolder.CreateFolder("other vms")
    _groups(cluster, hosts, machines)
    objects = {
        "datacenter": datacenter,
        "other datacenter": other,
        "cluster": cluster,
        "other cluster": cluster_2,
        "host": hosts[0],
        "pool": pool,
        "other pool": pool_2,
        "network": group,
        "other network": group_2,
        "folder": folder,
        "other folder": folder_2,
        "datastore": datacenter.datastore[0],
    }
    for kind, parent in (
        ("datacenter", root),
        ("host", datacenter.hostFolder),
        ("network", datacenter.networkFolder),
    ):
        parent.CreateFolder(f"given-{kind}")
        parent.CreateFolder(f"given-{kind}-2")
    return Site(
        vcenter,
        {
            **{name: obj._moId for name, obj in objects.items()},
            **{f"{kind} folder": f"given-{kind}" for kind in ("datacenter", "host", "network")},
            **{f"other {kind} folder": f"given-{kind}-2" for kind in ("datacenter", "host", "network")},
            "unjoined host": f"{vcenter.id}-esxi-3",
            "host password": HOST_PASSWORD,
            "switch": switch.uuid,
            "other switch": switch_2.uuid,
            "template": template.config.uuid,
            "vm": machines[0].config.uuid,
            "other vm": machines[1].config.uuid,
            "third vm": machines[2].config.uuid,
            "category": category,
            "other category": category_2,
            "tag": _tag(vcenter, category, "given-tag"),
            "other tag": _tag(vcenter, category, "given-tag-2"),
            "role": str(role),
            **{name: f"given {name}" for name in ("vm group", "other vm group", "host group", "other host group")},
        },
    )
