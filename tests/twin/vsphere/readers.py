"""What a vCenter holds, read with nothing but pyVmomi and REST, property by property and by hand.

These functions must never use the declarations: they are the second opinion on them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyVmomi import vim

from tests.twin.vsphere.vcenters import VCenter

Read = Callable[[VCenter, str], dict[str, Any]]


def _datacenter_above(obj: Any) -> Any:
    while not isinstance(obj, vim.Datacenter):
        obj = obj.parent
    return obj


def _below_root(obj: Any, stop: type) -> str:
    """The names of the folders above an object, up to the root folder of its kind."""
    names: list[str] = []
    here = obj.parent
    while here is not None and not isinstance(here.parent, stop) and here.parent is not None:
        names.insert(0, here.name)
        here = here.parent
    return "/".join(names)


def _options(listed: Any) -> dict[str, str]:
    return {item.key: item.value for item in listed if item.value != ""}


def datacenter(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = next(item for item in vcenter.every(vim.Datacenter) if item.name == id_)
    folder = found.parent.name if found.parent != vcenter.content.rootFolder else ""
    return {
        "name": found.name,
        "folder": folder,
        "tags": vcenter.tags_on("Datacenter", found._moId),
        "moid": found._moId,
    }


def folder(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = vcenter.ref(vim.Folder, id_)
    above = _datacenter_above(found)
    roots = {
        above.vmFolder._moId: "vm",
        above.hostFolder._moId: "host",
        above.networkFolder._moId: "network",
        above.datastoreFolder._moId: "datastore",
    }
    names, here = [found.name], found.parent
    while here._moId not in roots:
        names.insert(0, here.name)
        here = here.parent
    return {
        "path": "/".join(names),
        "type": roots[here._moId],
        "datacenterId": above._moId,
        "tags": vcenter.tags_on("Folder", id_),
    }


def cluster(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = vcenter.ref(vim.ClusterComputeResource, id_)
    config = found.configurationEx
    das, drs, dpm = config.dasConfig, config.drsConfig, config.dpmConfigInfo
    settings = das.defaultVmSettings
    tools, storage = settings.vmToolsMonitoringSettings, settings.vmComponentProtectionSettings
    values = {
        "name": found.name,
        "datacenterId": _datacenter_above(found)._moId,
        "folder": _below_root(found, vim.Datacenter),
        "resourcePoolId": found.resourcePool._moId,
        "drsEnabled": drs.enabled,
        "drsAutomationLevel": drs.defaultVmBehavior,
        "drsMigrationThreshold": drs.vmotionRate,
        "drsEnableVmOverrides": drs.enableVmBehaviorOverrides,
        "drsScaleDescendantsShares": drs.scaleDescendantsShares,
        "drsAdvancedOptions": _options(drs.option),
        "drsEnablePredictiveDrs": config.proactiveDrsConfig.enabled if config.proactiveDrsConfig else None,
        "dpmEnabled": dpm.enabled,
        "dpmAutomationLevel": dpm.defaultDpmBehavior,
        "dpmThreshold": dpm.hostPowerActionRate,
        "haEnabled": das.enabled,
        "haHostMonitoring": das.hostMonitoring,
        "haVmComponentProtection": das.vmComponentProtecting,
        "haVmMonitoring": das.vmMonitoring,
        "haAdvancedOptions": _options(das.option),
        "haHeartbeatDatastorePolicy": das.hBDatastoreCandidatePolicy,
        "haHeartbeatDatastoreIds": {item._moId for item in das.heartbeatDatastore},
        "haVmRestartPriority": settings.restartPriority,
        "haVmRestartTimeout": settings.restartPriorityTimeout,
        "haHostIsolationResponse": settings.isolationResponse,
        "haVmFailureInterval": tools.failureInterval,
        "haVmMinimumUptime": tools.minUpTime,
        "haVmMaximumResets": tools.maxFailures,
        "haVmMaximumFailureWindow": tools.maxFailureWindow,
        "haDatastorePdlResponse": storage.vmStorageProtectionForPDL,
        "haDatastoreApdResponse": storage.vmStorageProtectionForAPD,
        "haDatastoreApdRecoveryAction": storage.vmReactionOnAPDCleared,
        "haDatastoreApdResponseDelay": storage.vmTerminateDelayForAPDSec,
        "haVmDependencyRestartCondition": config.orchestration.defaultVmReadiness.readyCondition,
        "haVmRestartAdditionalDelay": config.orchestration.defaultVmReadiness.postReadyDelay,
        "tags": vcenter.tags_on("ClusterComputeResource", id_),
    }
    return {**values, **_admission(das)}


def _admission(das: Any) -> dict[str, Any]:
    if not das.admissionControlEnabled:
        return {"haAdmissionControlPolicy": "disabled"}
    policy = das.admissionControlPolicy
    kind = type(policy).__name__.rsplit(".", 1)[-1]
    names = {
        "FailoverResourcesAdmissionControlPolicy": "resourcePercentage",
        "FailoverLevelAdmissionControlPolicy": "slotPolicy",
        "FailoverHostAdmissionControlPolicy": "failoverHosts",
    }
    return {
        "haAdmissionControlPolicy": names[kind],
        "haAdmissionControlHostFailureTolerance": policy.failoverLevel,
        "haAdmissionControlPerformanceTolerance": policy.resourceReductionToToleratePercent,
        "haAdmissionControlResourcePercentageAutoCompute": getattr(policy, "autoComputePercentages", None),
        "haAdmissionControlResourcePercentageCpu": getattr(policy, "cpuFailoverResourcesPercent", None),
        "haAdmissionControlResourcePercentageMemory": getattr(policy, "memoryFailoverResourcesPercent", None),
        "haAdmissionControlFailoverHostSystemIds": {
            item._moId for item in getattr(policy, "failoverHosts", None) or []
        },
    }


def host(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = vcenter.ref(vim.HostSystem, id_)
    clustered = isinstance(found.parent, vim.ClusterComputeResource)
    return {
        "hostname": found.name,
        "cluster": found.parent._moId if clustered else None,
        "datacenter": _datacenter_above(found)._moId,
        "connected": found.runtime.connectionState == "connected",
        "maintenance": found.runtime.inMaintenanceMode,
        "lockdown": found.config.lockdownMode.removeprefix("lockdown").lower(),
        "tags": vcenter.tags_on("HostSystem", id_),
    }


def pool(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = vcenter.ref(vim.ResourcePool, id_)
    values: dict[str, Any] = {"name": found.name, "parentResourcePoolId": found.parent._moId}
    for kind, part in (("cpu", found.config.cpuAllocation), ("memory", found.config.memoryAllocation)):
        values[f"{kind}ShareLevel"] = part.shares.level
        values[f"{kind}Shares"] = part.shares.shares
        values[f"{kind}Reservation"] = part.reservation
        values[f"{kind}Expandable"] = part.expandableReservation
        values[f"{kind}Limit"] = part.limit
    return {**values, "tags": vcenter.tags_on("ResourcePool", id_)}


def _ports(setting: Any) -> dict[str, Any]:
    vlan, teaming, security = setting.vlan, setting.uplinkTeamingPolicy, setting.securityPolicy
    trunk = isinstance(vlan, vim.dvs.VmwareDistributedVirtualSwitch.TrunkVlanSpec)
    values = {
        "vlanId": None if trunk else vlan.vlanId,
        "vlanRanges": [{"minVlan": item.start, "maxVlan": item.end} for item in vlan.vlanId] if trunk else None,
        "activeUplinks": list(teaming.uplinkPortOrder.activeUplinkPort),
        "standbyUplinks": list(teaming.uplinkPortOrder.standbyUplinkPort),
        "teamingPolicy": teaming.policy.value,
        "notifySwitches": teaming.notifySwitches.value,
        "failback": not teaming.rollingOrder.value,
        "checkBeacon": teaming.failureCriteria.checkBeacon.value,
        "allowPromiscuous": security.allowPromiscuous.value,
        "allowForgedTransmits": security.forgedTransmits.value,
        "allowMacChanges": security.macChanges.value,
        "blockAllPorts": setting.blocked.value,
        "netflowEnabled": setting.ipfixEnabled.value,
        "txUplink": setting.txUplink.value,
        "directpathGen2Allowed": setting.vmDirectPathGen2Allowed.value,
    }
    for direction, shaping in (("ingress", setting.inShapingPolicy), ("egress", setting.outShapingPolicy)):
        values[f"{direction}ShapingEnabled"] = shaping.enabled.value
        values[f"{direction}ShapingAverageBandwidth"] = shaping.averageBandwidth.value
        values[f"{direction}ShapingPeakBandwidth"] = shaping.peakBandwidth.value
        values[f"{direction}ShapingBurstSize"] = shaping.burstSize.value
    return values


def switch(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = vcenter.switch(id_)
    config = found.config
    return {
        **_ports(config.defaultPortConfig),
        "name": found.name,
        "description": config.description,
        "contactName": config.contact.name,
        "contactDetail": config.contact.contact,
        "ipv4Address": config.switchIpAddress,
        "uplinks": list(config.uplinkPortPolicy.uplinkPortName),
        "maxMtu": config.maxMtu,
        "multicastFilteringMode": config.multicastFilteringMode,
        "lacpApiVersion": config.lacpApiVersion,
        "linkDiscoveryOperation": config.linkDiscoveryProtocolConfig.operation,
        "linkDiscoveryProtocol": config.linkDiscoveryProtocolConfig.protocol,
        "datacenterId": _datacenter_above(found)._moId,
        "folder": _below_root(found, vim.Datacenter),
        "hosts": [
            {
                "hostSystemId": item.config.host._moId,
                "devices": [nic.pnicDevice for nic in item.config.backing.pnicSpec],
            }
            for item in config.host
        ],
        "networkResourceControlEnabled": config.networkResourceManagementEnabled,
        "tags": vcenter.tags_on("VmwareDistributedVirtualSwitch", found._moId),
    }


def group(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = vcenter.ref(vim.dvs.DistributedVirtualPortgroup, id_)
    config, policy = found.config, found.config.policy
    return {
        **_ports(config.defaultPortConfig),
        "name": found.name,
        "description": config.description,
        "type": config.type,
        "autoExpand": config.autoExpand,
        "numberOfPorts": config.numPorts,
        "portNameFormat": config.portNameFormat,
        "blockOverrideAllowed": policy.blockOverrideAllowed,
        "shapingOverrideAllowed": policy.shapingOverrideAllowed,
        "livePortMovingAllowed": policy.livePortMovingAllowed,
        "portConfigResetAtDisconnect": policy.portConfigResetAtDisconnect,
        "networkResourcePoolOverrideAllowed": policy.networkResourcePoolOverrideAllowed,
        "trafficFilterOverrideAllowed": policy.trafficFilterOverrideAllowed,
        "vlanOverrideAllowed": policy.vlanOverrideAllowed,
        "uplinkTeamingOverrideAllowed": policy.uplinkTeamingOverrideAllowed,
        "securityPolicyOverrideAllowed": policy.securityPolicyOverrideAllowed,
        "netflowOverrideAllowed": policy.ipfixOverrideAllowed,
        "distributedVirtualSwitchUuid": config.distributedVirtualSwitch.uuid,
        "tags": vcenter.tags_on("DistributedVirtualPortgroup", id_),
    }


def category(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = vcenter.rest("GET", f"/category/id:{id_}")
    return {
        "name": found["name"],
        "description": found.get("description", ""),
        "cardinality": found["cardinality"],
        "associableTypes": {kind.removeprefix("urn:vim25:") for kind in found["associable_types"]},
    }


def tag(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = vcenter.rest("GET", f"/tag/id:{id_}")
    return {"name": found["name"], "description": found.get("description", ""), "categoryId": found["category_id"]}


def role(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = next(item for item in vcenter.content.authorizationManager.roleList if str(item.roleId) == id_)
    return {
        "name": found.name,
        "rolePrivileges": {item for item in found.privilege if not item.startswith("System.")},
    }


def permissions(vcenter: VCenter, id_: str) -> dict[str, Any]:
    kind = {"group": vim.Folder, "datacenter": vim.Datacenter}[id_.split("-", maxsplit=1)[0]]
    found = vcenter.content.authorizationManager.RetrieveEntityPermissions(vcenter.ref(kind, id_), False)
    return {
        "entityId": id_,
        "entityType": kind.__name__.rsplit(".", 1)[-1],
        "permissions": [
            {
                "userOrGroup": item.principal,
                "isGroup": item.group,
                "propagate": item.propagate,
                "roleId": str(item.roleId),
            }
            for item in found
        ],
    }


def rule(vcenter: VCenter, id_: str) -> dict[str, Any]:
    cluster_id, key = id_.split(":")
    found = vcenter.ref(vim.ClusterComputeResource, cluster_id).configurationEx.rule
    item = next(item for item in found if item.key == int(key))
    assert isinstance(item, vim.cluster.AntiAffinityRuleSpec)
    machines: Any = item.vm
    return {
        "name": item.name,
        "computeClusterId": cluster_id,
        "virtualMachineIds": {vm.config.uuid for vm in machines},
        "enabled": item.enabled,
        "mandatory": item.mandatory,
    }


def _group(vcenter: VCenter, id_: str) -> Any:
    cluster_id, _, name = id_.partition(":")
    groups = vcenter.ref(vim.ClusterComputeResource, cluster_id).configurationEx.group
    return next(item for item in groups if item.name == name)


def host_group(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = _group(vcenter, id_)
    return {
        "name": found.name,
        "computeClusterId": id_.split(":", maxsplit=1)[0],
        "hostSystemIds": {item._moId for item in found.host},
    }


def vm_group(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = _group(vcenter, id_)
    return {
        "name": found.name,
        "computeClusterId": id_.split(":", maxsplit=1)[0],
        "virtualMachineIds": {vm.config.uuid for vm in found.vm},
    }


def vm_host_rule(vcenter: VCenter, id_: str) -> dict[str, Any]:
    cluster_id, key = id_.split(":")
    rules: Any = vcenter.ref(vim.ClusterComputeResource, cluster_id).configurationEx.rule
    found = next(item for item in rules if item.key == int(key))
    return {
        "name": found.name,
        "computeClusterId": cluster_id,
        "vmGroupName": found.vmGroupName,
        "affinityHostGroupName": found.affineHostGroupName,
        "antiAffinityHostGroupName": found.antiAffineHostGroupName,
        "enabled": found.enabled,
        "mandatory": found.mandatory,
    }


def machine(vcenter: VCenter, id_: str) -> dict[str, Any]:
    found = vcenter.vm(id_)
    config = found.config
    tools, flags, boot = config.tools, config.flags, config.bootOptions
    values = {
        "name": found.name,
        "numCpus": config.hardware.numCPU,
        "numCoresPerSocket": config.hardware.numCoresPerSocket,
        "memory": config.hardware.memoryMB,
        "guestId": config.guestId,
        "alternateGuestName": config.alternateGuestName,
        "annotation": config.annotation,
        "firmware": config.firmware,
        "cpuHotAddEnabled": config.cpuHotAddEnabled,
        "cpuHotRemoveEnabled": config.cpuHotRemoveEnabled,
        "memoryHotAddEnabled": config.memoryHotAddEnabled,
        "nestedHvEnabled": config.nestedHVEnabled,
        "memoryReservationLockedToMax": config.memoryReservationLockedToMax,
        "enableDiskUuid": flags.diskUuidEnabled,
        "enableLogging": flags.enableLogging,
        "bootDelay": boot.bootDelay,
        "bootRetryEnabled": boot.bootRetryEnabled,
        "bootRetryDelay": boot.bootRetryDelay,
        "efiSecureBootEnabled": boot.efiSecureBootEnabled,
        "syncTimeWithHost": tools.syncTimeWithHostAllowed,
        "syncTimeWithHostPeriodically": tools.syncTimeWithHost,
        "toolsUpgradePolicy": tools.toolsUpgradePolicy,
        "runToolsScriptsAfterPowerOn": tools.afterPowerOn,
        "runToolsScriptsAfterResume": tools.afterResume,
        "runToolsScriptsBeforeGuestReboot": tools.beforeGuestReboot,
        "runToolsScriptsBeforeGuestShutdown": tools.beforeGuestShutdown,
        "runToolsScriptsBeforeGuestStandby": tools.beforeGuestStandby,
        "latencySensitivity": config.latencySensitivity.level,
        "resourcePoolId": found.resourcePool._moId,
        "folder": _below_root(found, vim.Datacenter),
        "datastoreId": found.datastore[0]._moId,
        "hostSystemId": _host_of(vcenter, found),
        "networkInterfaces": _cards(config.hardware.device),
        "disks": _disks(config.hardware.device),
        "extraConfig": _options(config.extraConfig),
        "tags": vcenter.tags_on("VirtualMachine", found._moId),
    }
    for kind, part in (("cpu", config.cpuAllocation), ("memory", config.memoryAllocation)):
        values[f"{kind}ShareLevel"] = part.shares.level
        values[f"{kind}ShareCount"] = part.shares.shares
        values[f"{kind}Reservation"] = part.reservation
        values[f"{kind}Limit"] = part.limit
    return values


def _host_of(vcenter: VCenter, vm: Any) -> str:
    """The host that lists the machine as its own."""
    return next(item._moId for item in vcenter.every(vim.HostSystem) if vm in item.vm)


def _cards(devices: Any) -> list[dict[str, Any]]:
    cards: list[Any] = [item for item in devices if isinstance(item, vim.vm.device.VirtualEthernetCard)]
    return [
        {
            "networkId": card.backing.port.portgroupKey,
            "adapterType": type(card).__name__.rsplit(".", 1)[-1].removeprefix("Virtual").lower(),
            "useStaticMac": card.addressType.lower() == "manual",
            "macAddress": card.macAddress,
        }
        for card in sorted(cards, key=lambda card: card.key)
    ]


def _disks(devices: Any) -> list[dict[str, Any]]:
    disks: list[Any] = [item for item in devices if isinstance(item, vim.vm.device.VirtualDisk)]
    return [
        {
            "size": disk.capacityInBytes // 2**30,
            "unitNumber": disk.unitNumber,
            "thinProvisioned": disk.backing.thinProvisioned,
            "eagerlyScrub": disk.backing.eagerlyScrub,
            "diskMode": disk.backing.diskMode,
        }
        for disk in sorted(disks, key=lambda disk: disk.unitNumber)
    ]


READERS: dict[str, Read] = {
    "Datacenter": datacenter,
    "Folder": folder,
    "ComputeCluster": cluster,
    "Host": host,
    "ResourcePool": pool,
    "DistributedVirtualSwitch": switch,
    "DistributedPortGroup": group,
    "TagCategory": category,
    "Tag": tag,
    "Role": role,
    "EntityPermissions": permissions,
    "ComputeClusterVmAntiAffinityRule": rule,
    "ComputeClusterHostGroup": host_group,
    "ComputeClusterVmGroup": vm_group,
    "ComputeClusterVmHostRule": vm_host_rule,
    "VirtualMachine": machine,
}
