"""The configuration of a cluster: DRS, DPM, HA."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from twin.framework.declaration import Given, Property
from twin.framework.values import Plain
from twin.vsphere.spec import options, options_of, prop
from twin.vsphere.types.admission_control import ADMISSION_CONTROL

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
    prop(
        "drsAutomationLevel",
        "drsConfig.defaultVmBehavior",
        default="manual",
        allowed=BEHAVIOURS,
        samples=BEHAVIOURS[::-1],
    ),
    prop("drsMigrationThreshold", "drsConfig.vmotionRate", default=3, low=1, high=5, samples=(1, 5, 3)),
    prop("drsEnableVmOverrides", "drsConfig.enableVmBehaviorOverrides", default=True, samples=(False, True)),
    prop(
        "drsScaleDescendantsShares",
        "drsConfig.scaleDescendantsShares",
        default="disabled",
        allowed=SHARES,
        samples=SHARES[::-1],
    ),
    prop(
        "drsAdvancedOptions",
        "drsConfig.option",
        encode=options,
        decode=options_of,
        samples=({"TryBalanceVmsPerHost": "1"}, {}),
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
        "dpmThreshold",
        "dpmConfig.hostPowerActionRate",
        read="dpmConfigInfo.hostPowerActionRate",
        default=3,
        low=1,
        high=5,
        samples=(2, 4),
    ),
)

HA: tuple[Property, ...] = (
    prop("haEnabled", "dasConfig.enabled", default=False, samples=(True, False)),
    prop(
        "haHostMonitoring",
        "dasConfig.hostMonitoring",
        default="enabled",
        allowed=STATES,
        samples=("disabled", "enabled"),
    ),
    prop(
        "haVmComponentProtection",
        "dasConfig.vmComponentProtecting",
        default="enabled",
        allowed=STATES,
        samples=("disabled", "enabled"),
    ),
    prop(
        "haVmMonitoring", "dasConfig.vmMonitoring", default=MONITORING[0], allowed=MONITORING, samples=MONITORING[::-1]
    ),
    prop(
        "haAdvancedOptions",
        "dasConfig.option",
        encode=options,
        decode=options_of,
        samples=({"das.ignoreRedundantNetWarning": "true"}, {}),
    ),
    prop(
        "haHeartbeatDatastorePolicy",
        "dasConfig.hBDatastoreCandidatePolicy",
        default=HEARTBEAT[2],
        allowed=HEARTBEAT,
        samples=HEARTBEAT,
    ),
    prop(
        "haHeartbeatDatastoreIds",
        "dasConfig.heartbeatDatastore",
        unordered=True,
        encode=_datastores,
        decode=_moids,
        samples=([Given("datastore")],),
    ),
    prop("haVmRestartPriority", f"{_VM}.restartPriority", default="medium", allowed=PRIORITIES, samples=PRIORITIES),
    prop("haVmRestartTimeout", f"{_VM}.restartPriorityTimeout", default=600, samples=(300, 900)),
    prop(
        "haHostIsolationResponse",
        f"{_VM}.isolationResponse",
        default="none",
        allowed=ISOLATION,
        samples=ISOLATION[::-1],
    ),
    prop("haVmFailureInterval", f"{_TOOLS}.failureInterval", default=30, samples=(45, 60)),
    prop("haVmMinimumUptime", f"{_TOOLS}.minUpTime", default=120, samples=(180, 240)),
    prop("haVmMaximumResets", f"{_TOOLS}.maxFailures", default=3, samples=(4, 5)),
    prop("haVmMaximumFailureWindow", f"{_TOOLS}.maxFailureWindow", default=-1, samples=(3600, -1)),
    prop(
        "haDatastorePdlResponse",
        f"{_STORAGE}.vmStorageProtectionForPDL",
        default="disabled",
        allowed=PDL,
        samples=PDL[::-1],
    ),
    prop(
        "haDatastoreApdResponse",
        f"{_STORAGE}.vmStorageProtectionForAPD",
        default="disabled",
        allowed=APD,
        samples=APD[::-1],
    ),
    prop(
        "haDatastoreApdRecoveryAction",
        f"{_STORAGE}.vmReactionOnAPDCleared",
        default="none",
        allowed=("none", "reset"),
        samples=("reset", "none"),
    ),
    prop("haDatastoreApdResponseDelay", f"{_STORAGE}.vmTerminateDelayForAPDSec", default=180, samples=(240, 300)),
    prop(
        "haVmDependencyRestartCondition",
        "orchestration.defaultVmReadiness.readyCondition",
        default="none",
        allowed=READY,
        samples=READY[::-1],
    ),
    prop("haVmRestartAdditionalDelay", "orchestration.defaultVmReadiness.postReadyDelay", samples=(30, 60)),
    *ADMISSION_CONTROL,
)
