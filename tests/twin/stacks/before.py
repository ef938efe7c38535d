"""A datacenter that stood before the platform came, made and looked at with nothing but pyVmomi and REST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyVmomi import vim

from tests.twin.operations.inventory import VCenterInventory, find, view, wait_for

DATACENTER, CLUSTER, FABRIC, INTERCONNECT = "Old datacenter", "old-cluster", "old-fabric", "old-interconnect"
ZONE_GROUP, CIRCUIT_GROUP = "old-admin", "old-circuit"
CATEGORY = "old-commune"
FOLDERS = ("platform", "platform/access")


@dataclass(frozen=True)
class Before:
    """What is made before anything is deployed."""

    hosts: tuple[str, ...]
    """Names of the hosts that have joined; without any, there are no switches either."""
    host_password: str
    paths: tuple[str, ...]
    """Uplinks of the switch that carries circuits."""
    zone_vlan: int
    circuit: str
    circuit_vlan: int

    def make(self, inventory: VCenterInventory) -> dict[str, Any]:
        """Make it all; returns the `metropole:existing` entry that adopts it."""
        with inventory.content() as content:
            datacenter = content.rootFolder.CreateDatacenter(DATACENTER)
            cluster = _cluster(datacenter)
            _rights(content, datacenter)
            found = {
                "datacenterId": datacenter._moId,
                "clusterId": cluster._moId,
                "rootPoolId": cluster.resourcePool._moId,
            }
            if not self.hosts:
                return found
            for host in self.hosts:
                spec = vim.host.ConnectSpec(hostName=host, userName="root", password=self.host_password, force=True)
                wait_for(cluster.AddHost_Task(spec, True))
            fabric = _switch(content, datacenter, FABRIC, {"uplink1": "vmnic0", "uplink2": "vmnic1"})
            cards = {path: f"vmnic{number}" for number, path in enumerate(self.paths, start=2)}
            interconnect = _switch(content, datacenter, INTERCONNECT, cards)
            platform = datacenter.vmFolder.CreateFolder("platform")
            access = platform.CreateFolder("access")
            return {
                **found,
                "hostIds": {host: find(content, vim.HostSystem, host)._moId for host in self.hosts},
                "fabricId": fabric.uuid,
                "interconnectId": interconnect.uuid,
                "folderIds": dict(zip(FOLDERS, (platform._moId, access._moId), strict=True)),
                "zoneNetworkIds": {"admin": _group(fabric, ZONE_GROUP, self.zone_vlan)},
                "circuitNetworkIds": {self.circuit: _group(interconnect, CIRCUIT_GROUP, self.circuit_vlan)},
                "tagCategoryIds": {"commune": _category(inventory)},
            }


def settings(inventory: VCenterInventory) -> dict[str, str]:
    """How each of those objects is set, as text: what nobody may touch even while the platform is up."""
    with inventory.content() as content:
        datacenter = find(content, vim.Datacenter, DATACENTER)
        cluster = find(content, vim.ClusterComputeResource, CLUSTER)
        rights = content.authorizationManager.RetrieveEntityPermissions(datacenter, False)
        found: dict[str, Any] = {
            "rights": sorted((right.principal, right.group, right.propagate, right.roleId) for right in rights),
            "HA": cluster.configurationEx.dasConfig,
            "DRS": cluster.configurationEx.drsConfig,
            "hosts": sorted((host._moId, host.name, host.runtime.connectionState) for host in cluster.host),
            "root pool": (cluster.resourcePool._moId, cluster.resourcePool.config.cpuAllocation),
        }
        for switch in view(content, vim.DistributedVirtualSwitch):
            if switch.name in (FABRIC, INTERCONNECT):
                found[switch.name] = (switch.uuid, switch.config.maxMtu, switch.config.uplinkPortPolicy)
                found[f"{switch.name} members"] = [member.config for member in switch.config.host]
        for group in view(content, vim.dvs.DistributedVirtualPortgroup):
            if group.name in (ZONE_GROUP, CIRCUIT_GROUP):
                found[group.name] = (group.key, group.config.defaultPortConfig)
    with inventory.rest() as session:
        categories = [
            session.get(f"{inventory.address}/tagging/category/id:{id_}", timeout=30).json()["value"]
            for id_ in inventory.tagging("category")
        ]
    found["category"] = [category for category in categories if category["name"] == CATEGORY]
    return {name: str(value) for name, value in found.items()}


def content_of(inventory: VCenterInventory) -> dict[str, Any]:
    """Everything that is in the vCenter, by name: what has to be as it was once the platform is gone."""
    kinds = (vim.Folder, vim.ResourcePool, vim.VirtualMachine, vim.DistributedVirtualSwitch, vim.Network, vim.Datastore)
    with inventory.content() as content:
        inside = {kind.__name__: sorted(item.name for item in view(content, kind)) for kind in kinds}
        cluster = find(content, vim.ClusterComputeResource, CLUSTER)
        inside["groups"] = [group.name for group in cluster.configurationEx.group or ()]
        inside["rules"] = [rule.name for rule in cluster.configurationEx.rule or ()]
        inside["roles"] = sorted(role.name for role in content.authorizationManager.roleList)
        inside["rights"] = sorted(
            f"{right.entity}: {right.principal}" for right in content.authorizationManager.RetrieveAllPermissions()
        )
    return {**inside, "categories": inventory.tagging("category"), "tags": inventory.tagging("tag")}


def _cluster(datacenter: Any) -> Any:
    spec = vim.cluster.ConfigSpecEx(
        dasConfig=vim.cluster.DasConfigInfo(enabled=True, admissionControlEnabled=False),
        drsConfig=vim.cluster.DrsConfigInfo(enabled=True, defaultVmBehavior="manual"),
    )
    return datacenter.hostFolder.CreateClusterEx(CLUSTER, spec)


def _rights(content: Any, datacenter: Any) -> None:
    role = content.authorizationManager.AddAuthorizationRole("old-role", ["Datastore.Browse"])
    right = vim.AuthorizationManager.Permission(
        principal="VSPHERE.LOCAL\\old-team", group=True, propagate=True, roleId=role
    )
    content.authorizationManager.SetEntityPermissions(datacenter, [right])


def _switch(content: Any, datacenter: Any, name: str, cards: Mapping[str, str]) -> Any:
    backing = vim.dvs.HostMember.PnicBacking(
        pnicSpec=[vim.dvs.HostMember.PnicSpec(pnicDevice=card) for card in cards.values()]
    )
    spec = vim.dvs.VmwareDistributedVirtualSwitch.ConfigSpec(
        name=name,
        uplinkPortPolicy=vim.DistributedVirtualSwitch.NameArrayUplinkPortPolicy(uplinkPortName=list(cards)),
        host=[
            vim.dvs.HostMember.ConfigSpec(operation="add", host=host, backing=backing)
            for host in view(content, vim.HostSystem)
        ],
    )
    wait_for(datacenter.networkFolder.CreateDVS_Task(vim.DistributedVirtualSwitch.CreateSpec(configSpec=spec)))
    return find(content, vim.DistributedVirtualSwitch, name)


def _group(switch: Any, name: str, vlan: int) -> str:
    port = vim.dvs.VmwareDistributedVirtualSwitch.VmwarePortConfigPolicy(
        vlan=vim.dvs.VmwareDistributedVirtualSwitch.VlanIdSpec(vlanId=vlan, inherited=False)
    )
    spec = vim.dvs.DistributedVirtualPortgroup.ConfigSpec(name=name, type="earlyBinding", defaultPortConfig=port)
    wait_for(switch.AddDVPortgroup_Task([spec]))
    (made,) = [group for group in switch.portgroup if group.name == name]
    return made.key


def _category(inventory: VCenterInventory) -> str:
    spec = {"name": CATEGORY, "description": "Kept", "cardinality": "SINGLE", "associable_types": []}
    with inventory.rest() as session:
        answer = session.post(f"{inventory.address}/tagging/category", json={"create_spec": spec}, timeout=30)
        answer.raise_for_status()
        return answer.json()["value"]
