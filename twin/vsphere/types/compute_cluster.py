"""vsphere.ComputeCluster: DRS, DPM, HA and admission control."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Kept, Property, Record, ResourceType
from twin.framework.values import Plain
from twin.vsphere.inventory import (
    by_id,
    child,
    datacenter_of,
    find,
    folder_at,
    folder_path,
    normal,
    plain_name,
    refuse_namesake,
)
from twin.vsphere.session import Session
from twin.vsphere.spec import build, options, options_of, output, prop, values_changed, values_of
from twin.vsphere.tags import TAGS, apply_tags, tags_record
from twin.vsphere.types.admission_control import ADMISSION_CONTROL, admission_control, read_admission_control

BEHAVIOURS = ("manual", "partiallyAutomated", "fullyAutomated")
STATES = ("enabled", "disabled")
PRIORITIES = ("lowest", "low", "medium", "high", "highest")
READY = ("none", "poweredOn", "guestHbStatusGreen", "appHbStatusGreen")
ISOLATION = ("none", "powerOff", "shutdown")
PDL = ("disabled", "warning", "restartAggressive")
APD = ("disabled", "warning", "restartConservative", "restartAggressive")
MONITORING = ("vmMonitoringDisabled", "vmMonitoringOnly", "vmAndAppMonitoring")
HEARTBEAT = ("userSelectedDs", "allFeasibleDs", "allFeasibleDsWithUserPreference")
SHARES = ("disabled", "scaleCpuAndMemoryShares")

_VM = "dasConfig.defaultVmSettings"
_TOOLS = f"{_VM}.vmToolsMonitoringSettings"
_STORAGE = f"{_VM}.vmComponentProtectionSettings"


def _datastores(ids: Plain) -> list[Any]:
    return [vim.Datastore(moid) for moid in ids]


def _moids(refs: Plain) -> list[str]:
    return [ref._moId for ref in refs]


DRS: tuple[Property, ...] = (
    prop("drsEnabled", "drsConfig.enabled", default=False, samples=(True, False)),
    prop("drsAutomationLevel", "drsConfig.defaultVmBehavior", default="manual", allowed=BEHAVIOURS, samples=BEHAVIOURS[::-1]),
    prop("drsMigrationThreshold", "drsConfig.vmotionRate", default=3, low=1, high=5, samples=(1, 5, 3)),
    prop("drsEnableVmOverrides", "drsConfig.enableVmBehaviorOverrides", default=True, samples=(False, True)),
    prop("drsScaleDescendantsShares", "drsConfig.scaleDescendantsShares", default="disabled", allowed=SHARES, samples=SHARES[::-1]),
    prop(
        "drsAdvancedOptions", "drsConfig.option", encode=options, decode=options_of, samples=({"TryBalanceVmsPerHost": "1"}, {})
    ),
    prop("drsEnablePredictiveDrs", "proactiveDrsConfig.enabled", samples=(True, False)),
    prop("dpmEnabled", "dpmConfig.enabled", read="dpmConfigInfo.enabled", default=False, samples=(True, False)),
    prop(
        "dpmAutomationLevel",
        "dpmConfig.defaultDpmBehavior",
        read="dpmConfigInfo.defaultDpmBehavior",
        default="manual",
        allowed=("manual", "automated"),
        samples=("automated", "manual"),
    ),
    prop(
        "dpmThreshold", "dpmConfig.hostPowerActionRate", read="dpmConfigInfo.hostPowerActionRate", default=3, low=1, high=5, samples=(2, 4)
    ),
)  # fmt: skip

HA: tuple[Property, ...] = (
    prop("haEnabled", "dasConfig.enabled", default=False, samples=(True, False)),
    prop("haHostMonitoring", "dasConfig.hostMonitoring", default="enabled", allowed=STATES, samples=("disabled", "enabled")),
    prop("haVmComponentProtection", "dasConfig.vmComponentProtecting", default="enabled", allowed=STATES, samples=("disabled", "enabled")),
    prop("haVmMonitoring", "dasConfig.vmMonitoring", default=MONITORING[0], allowed=MONITORING, samples=MONITORING[::-1]),
    prop("haAdvancedOptions", "dasConfig.option", encode=options, decode=options_of, samples=({"das.ignoreRedundantNetWarning": "true"}, {})),
    prop("haHeartbeatDatastorePolicy", "dasConfig.hBDatastoreCandidatePolicy", default=HEARTBEAT[2], allowed=HEARTBEAT, samples=HEARTBEAT),
    prop("haHeartbeatDatastoreIds", "dasConfig.heartbeatDatastore", unordered=True, encode=_datastores, decode=_moids, samples=([Given("datastore")], [])),
    prop("haVmRestartPriority", f"{_VM}.restartPriority", default="medium", allowed=PRIORITIES, samples=PRIORITIES),
    prop("haVmRestartTimeout", f"{_VM}.restartPriorityTimeout", default=600, samples=(300, 900)),
    prop("haHostIsolationResponse", f"{_VM}.isolationResponse", default="none", allowed=ISOLATION, samples=ISOLATION[::-1]),
    prop("haVmFailureInterval", f"{_TOOLS}.failureInterval", default=30, samples=(45, 60)),
    prop("haVmMinimumUptime", f"{_TOOLS}.minUpTime", default=120, samples=(180, 240)),
    prop("haVmMaximumResets", f"{_TOOLS}.maxFailures", default=3, samples=(4, 5)),
    prop("haVmMaximumFailureWindow", f"{_TOOLS}.maxFailureWindow", default=-1, samples=(3600, -1)),
    prop("haDatastorePdlResponse", f"{_STORAGE}.vmStorageProtectionForPDL", default="disabled", allowed=PDL, samples=PDL[::-1]),
    prop("haDatastoreApdResponse", f"{_STORAGE}.vmStorageProtectionForAPD", default="disabled", allowed=APD, samples=APD[::-1]),
    prop("haDatastoreApdRecoveryAction", f"{_STORAGE}.vmReactionOnAPDCleared", default="none", allowed=("none", "reset"), samples=("reset", "none")),
    prop("haDatastoreApdResponseDelay", f"{_STORAGE}.vmTerminateDelayForAPDSec", default=180, samples=(240, 300)),
    prop("haVmDependencyRestartCondition", "orchestration.defaultVmReadiness.readyCondition", default="none", allowed=READY, samples=READY[::-1]),
    prop("haVmRestartAdditionalDelay", "orchestration.defaultVmReadiness.postReadyDelay", samples=(30, 60)),
    *ADMISSION_CONTROL,
)  # fmt: skip


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    cluster = call.world.ref(vim.ClusterComputeResource, id_)
    _configure(call, cluster, {**values_of((*DRS, *HA), inputs), **admission_control(inputs)})
    if inputs.get("tags"):
        apply_tags(call.world, cluster, inputs)


def _configure(call: Call[Session], cluster: Any, values: dict[str, Plain]) -> None:
    spec = build(vim.cluster.ConfigSpecEx, values)
    with call.world.turn(cluster._moId):
        task = cluster.ReconfigureComputeResource_Task(spec, True)
        call.world.wait(task, call.deadline, "configuring the cluster")


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    datacenter = by_id(session, vim.Datacenter, inputs["datacenterId"], "datacenter")
    parent = folder_at(session, datacenter, "host", inputs.get("folder") or "")
    with session.turn(f"children of {parent._moId}"):
        refuse_namesake(session, parent, inputs["name"], "cluster")
        return str(parent.CreateClusterEx(inputs["name"], vim.cluster.ConfigSpecEx())._moId)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    session = call.world
    cluster = session.ref(vim.ClusterComputeResource, id_)
    facts = session.get(cluster, "name", "configurationEx", "resourcePool")
    if facts is None:
        return None
    configuration = facts["configurationEx"]
    folder = folder_path(session, cluster)
    return {
        "name": plain_name(facts["name"]),
        "datacenterId": datacenter_of(session, cluster)._moId,
        **({"folder": folder} if folder else {}),
        "resourcePoolId": facts["resourcePool"]._moId,
        **{part: getattr(configuration, part) for part in _PARTS},
        **read_admission_control(configuration, known),
        **tags_record(session, cluster),
    }


_PARTS = ("drsConfig", "dasConfig", "dpmConfigInfo", "orchestration", "proactiveDrsConfig")


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    session = call.world
    cluster = by_id(session, vim.ClusterComputeResource, id_, "cluster")
    if changes.touch("name"):
        session.wait(cluster.Rename_Task(changes.new["name"]), call.deadline, "renaming the cluster")
    if changes.touch("folder"):
        parent = folder_at(session, datacenter_of(session, cluster), "host", changes.new.get("folder") or "")
        session.wait(parent.MoveIntoFolder_Task([cluster]), call.deadline, "moving the cluster")
    values = values_changed((*DRS, *HA), changes)
    if changes.touch(*(item.name for item in HA)):
        values |= values_of(HA, changes.new) | admission_control(changes.new)
    if values:
        _configure(call, cluster, values)
    if changes.touch("tags"):
        apply_tags(session, cluster, changes.new)


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    session = call.world
    cluster = session.ref(vim.ClusterComputeResource, id_)
    facts = session.get(cluster, "host")
    if facts is None:
        return
    if facts.get("host"):
        raise ProviderError(
            f"cluster {known.get('name', id_)!r} still has {len(facts['host'])} hosts: remove them first"
        )
    with session.turn(id_):
        session.wait(cluster.Destroy_Task(), call.deadline, "deleting the cluster")


def _locate(call: Call[Session], name: str) -> Found | None:
    if "/" not in name:
        return None
    found = find(call.world, name, vim.ClusterComputeResource)
    if found is None:
        raise ProviderError(f"cluster '{name}' not found")
    return Found(found._moId)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    datacenter = by_id(call.world, vim.Datacenter, inputs["datacenterId"], "datacenter")
    parent = folder_at(call.world, datacenter, "host", inputs.get("folder") or "")
    found = child(call.world, parent, inputs["name"])
    return found._moId if isinstance(found, vim.ClusterComputeResource) else None


COMPUTE_CLUSTER = ResourceType[Session](
    token="vsphere:index/computeCluster:ComputeCluster",
    properties=(
        prop("name", samples=("cluster-a", "cluster-b")),
        prop("datacenterId", samples=(Given("datacenter"), Given("other datacenter"))),
        prop("folder", canonical=normal, samples=(Given("host folder"),)),
        prop("hostClusterExitTimeout", kept=Kept.STATE, default=3600, low=0, high=604800, samples=(600,)),
        *DRS,
        *HA,
        TAGS,
    ),
    outputs=(output("resourcePoolId"),),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name", "datacenterId", "folder"),
    autoname="name",
    import_syntax="/datacenter/host/cluster",
)
