"""The flat configuration of a virtual machine: what goes straight into one field of its specification."""

from __future__ import annotations

from typing import Any, Final

from pyVmomi import vim

from twin.framework.declaration import Changes, Given, Inputs, Kept, Property
from twin.framework.values import Plain
from twin.vsphere.inventory import normal
from twin.vsphere.spec import build, options, prop, values_changed, values_of
from twin.vsphere.types.resource_pool import LEVELS


def _allocation(kind: str, path: str, limit: int) -> tuple[Property, ...]:
    return (
        prop(
            f"{kind}ShareLevel",
            f"{path}.shares.level",
            default="normal",
            allowed=LEVELS,
            samples=("high", "low"),
        ),
        prop(f"{kind}ShareCount", f"{path}.shares.shares", computed=True, samples=(2000, 3000)),
        prop(f"{kind}Reservation", f"{path}.reservation", computed=True, samples=(100, 200)),
        prop(f"{kind}Limit", f"{path}.limit", default=-1, samples=(limit, -1)),
    )


def _extra(values: Plain) -> Plain:
    return options(values)


ALLOCATIONS: Final = (
    *_allocation("cpu", "cpuAllocation", 4000),
    *_allocation("memory", "memoryAllocation", 8192),
)

CONFIGURATION: Final[tuple[Property, ...]] = (
    prop("name", "name", samples=("vm-a", "vm-b")),
    prop("numCpus", "numCPUs", read="hardware.numCPU", default=1, low=1, samples=(2, 4)),
    prop("numCoresPerSocket", "numCoresPerSocket", read="hardware.numCoresPerSocket", default=1, low=1, samples=(2, 1)),
    prop("memory", "memoryMB", read="hardware.memoryMB", default=1024, low=1, samples=(2048, 4096)),
    prop("guestId", "guestId", computed=True, samples=("debian11_64Guest", "debian12_64Guest")),
    prop("alternateGuestName", "alternateGuestName", samples=("border router", "bastion")),
    prop("annotation", "annotation", computed=True, samples=("north", "south")),
    prop("firmware", "firmware", default="bios", allowed=("bios", "efi"), samples=("efi", "bios")),
    prop("cpuHotAddEnabled", "cpuHotAddEnabled", samples=(True, False)),
    prop("cpuHotRemoveEnabled", "cpuHotRemoveEnabled", samples=(True, False)),
    prop("memoryHotAddEnabled", "memoryHotAddEnabled", samples=(True, False)),
    prop("nestedHvEnabled", "nestedHVEnabled", samples=(True, False)),
    prop("memoryReservationLockedToMax", "memoryReservationLockedToMax", samples=(True, False)),
    prop("enableDiskUuid", "flags.diskUuidEnabled", samples=(True, False)),
    prop("enableLogging", "flags.enableLogging", samples=(True, False)),
    prop("bootDelay", "bootOptions.bootDelay", samples=(1000, 2000)),
    prop("bootRetryEnabled", "bootOptions.bootRetryEnabled", samples=(True, False)),
    prop("bootRetryDelay", "bootOptions.bootRetryDelay", default=10000, samples=(20000, 30000)),
    prop("efiSecureBootEnabled", "bootOptions.efiSecureBootEnabled", samples=(True, False)),
    prop("syncTimeWithHost", "tools.syncTimeWithHostAllowed", default=True, samples=(False, True)),
    prop("syncTimeWithHostPeriodically", "tools.syncTimeWithHost", samples=(True, False)),
    prop(
        "toolsUpgradePolicy",
        "tools.toolsUpgradePolicy",
        default="manual",
        allowed=("manual", "upgradeAtPowerCycle"),
        samples=("upgradeAtPowerCycle", "manual"),
    ),
    prop("runToolsScriptsAfterPowerOn", "tools.afterPowerOn", default=True, samples=(False, True)),
    prop("runToolsScriptsAfterResume", "tools.afterResume", default=True, samples=(False, True)),
    prop("runToolsScriptsBeforeGuestReboot", "tools.beforeGuestReboot", samples=(True, False)),
    prop("runToolsScriptsBeforeGuestShutdown", "tools.beforeGuestShutdown", default=True, samples=(False, True)),
    prop("runToolsScriptsBeforeGuestStandby", "tools.beforeGuestStandby", default=True, samples=(False, True)),
    prop(
        "latencySensitivity",
        "latencySensitivity.level",
        default="normal",
        allowed=("low", "normal", "medium", "high"),
        samples=("high", "normal"),
    ),
    *ALLOCATIONS,
)
"""Written into a configuration specification, read from `config`."""

PLACE: Final[tuple[Property, ...]] = (
    prop("resourcePoolId", samples=(Given("pool"), Given("other pool"))),
    prop(
        "folder",
        canonical=normal,
        samples=("vms", "other vms"),
    ),
    prop("datastoreId", computed=True, samples=(Given("datastore"),)),
    prop("hostSystemId", computed=True, samples=(Given("host"),)),
)

INSTRUCTIONS: Final[tuple[Property, ...]] = (
    prop("waitForGuestIpTimeout", kept=Kept.STATE, default=0, samples=(0,)),
    prop("waitForGuestNetTimeout", kept=Kept.STATE, default=5, samples=(0,)),
    prop("waitForGuestNetRoutable", kept=Kept.STATE, default=True, samples=(False,)),
    prop("ignoredGuestIps", kept=Kept.STATE, samples=(["192.0.2.1"],)),
    prop("shutdownWaitTimeout", kept=Kept.STATE, default=3, low=1, high=10, samples=(1,)),
    prop("migrateWaitTimeout", kept=Kept.STATE, default=30, low=10, samples=(10,)),
    prop("poweronTimeout", kept=Kept.STATE, default=300, low=300, samples=(600,)),
    prop("forcePowerOff", kept=Kept.STATE, default=True, samples=(False,)),
    prop("extraConfigRebootRequired", kept=Kept.STATE, default=True, samples=(False,)),
)
"""How the provider goes about it; the vCenter never sees them."""


def config_spec(inputs: Inputs) -> Any:
    """The whole configuration, for a machine that was just cloned."""
    values = values_of(CONFIGURATION, inputs)
    for path in ("cpuAllocation", "memoryAllocation"):
        values.setdefault(f"{path}.shares.shares", 0)
    if inputs.get("extraConfig"):
        values["extraConfig"] = _extra(inputs["extraConfig"])
    return build(vim.vm.ConfigSpec, values)


def changed_spec(changes: Changes) -> Any | None:
    """What an update has to change; None when it is nothing here."""
    values = values_changed(CONFIGURATION, changes)
    for path in ("cpuAllocation", "memoryAllocation"):
        if f"{path}.shares.level" in values:
            values.setdefault(f"{path}.shares.shares", 0)
    if changes.touch("extraConfig"):
        wanted: dict[str, str] = dict(changes.new.get("extraConfig") or {})
        # An empty value is how the API takes a key away.
        gone: dict[str, str] = {key: "" for key in (changes.old.get("extraConfig") or {}) if key not in wanted}
        values["extraConfig"] = _extra({**gone, **wanted})
    return build(vim.vm.ConfigSpec, values) if values else None


REBOOT: Final = frozenset(
    {
        "guestId",
        "firmware",
        "numCpus",
        "numCoresPerSocket",
        "memory",
        "bootDelay",
        "efiSecureBootEnabled",
        "nestedHvEnabled",
        "cpuHotAddEnabled",
        "cpuHotRemoveEnabled",
        "memoryHotAddEnabled",
        "enableDiskUuid",
        "alternateGuestName",
        "latencySensitivity",
    }
)
"""What can only be changed while the machine is off."""
