"""vsphere.VirtualMachine, cloned from a template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyVmomi import vim, vmodl

from providers.logic import CheckFailure, ProviderError
from twin.framework.declaration import Call, Changes, Found, Inputs, Kept, Record, ResourceType
from twin.vsphere.inventory import (
    by_id,
    child,
    datacenter_of,
    folder_at,
    folder_path,
    named,
    plain_name,
    refuse_namesake,
)
from twin.vsphere.session import Session, describe
from twin.vsphere.spec import options_of, output, prop
from twin.vsphere.tags import TAGS, apply_tags, tags_record
from twin.vsphere.types.virtual_machine_config import (
    CONFIGURATION,
    INSTRUCTIONS,
    PLACE,
    REBOOT,
    changed_spec,
    config_spec,
)
from twin.vsphere.types.virtual_machine_devices import (
    DISKS,
    NETWORK_INTERFACES,
    card_changes,
    disk_changes,
    read_cards,
    read_disks,
)
from twin.vsphere.types.virtual_machine_lookup import need_vm, vm_by_uuid
from twin.vsphere.types.virtual_machine_power import addresses, await_guest, power_off, power_on

POWER = {"poweredOn": "on", "poweredOff": "off", "suspended": "suspended"}
_PARTS = tuple(sorted({f"config.{item.read_path.split('.')[0]}" for item in CONFIGURATION}))
_READ = (
    "name", "parent", "resourcePool", "runtime.host", "runtime.powerState", "guest.net", "guest.ipAddress",
    "guest.toolsRunningStatus", "config.uuid", "config.files.vmPathName", "config.changeVersion",
    "config.hardware.device", "config.extraConfig", "datastore", *_PARTS,
)  # fmt: skip


def _home(session: Session, inputs: Inputs) -> Any:
    """The folder for the machine: below the datacenter that its resource pool is in."""
    pool = by_id(session, vim.ResourcePool, inputs["resourcePoolId"], "resource pool")
    return folder_at(session, datacenter_of(session, pool), "vm", inputs.get("folder") or "")


def _clone_spec(session: Session, inputs: Inputs) -> Any:
    place = vim.vm.RelocateSpec(pool=session.ref(vim.ResourcePool, inputs["resourcePoolId"]))
    if inputs.get("datastoreId"):
        place.datastore = by_id(session, vim.Datastore, inputs["datastoreId"], "datastore")
    if inputs.get("hostSystemId"):
        place.host = by_id(session, vim.HostSystem, inputs["hostSystemId"], "host")
    return vim.vm.CloneSpec(location=place, template=False, powerOn=False)


def _create(call: Call[Session], inputs: Inputs) -> str:
    session, name = call.world, inputs["name"]
    template = need_vm(session, inputs["clone"]["templateUuid"])
    home = _home(session, inputs)
    with session.turn(f"name {name} in {home._moId}"):
        refuse_namesake(session, home, name, "virtual machine")
        try:
            limit = call.deadline.within(60.0 * inputs["clone"]["timeout"])
            vm = session.wait(template.CloneVM_Task(home, name, _clone_spec(session, inputs)), limit, f"cloning {name}")
        except (vmodl.MethodFault, vmodl.RuntimeFault) as fault:
            raise ProviderError(f"error cloning virtual machine {name!r}: {describe(fault)}") from fault
    try:
        _shape(call, vm, inputs)
    except (vmodl.MethodFault, vmodl.RuntimeFault, ProviderError) as error:
        session.wait(vm.Destroy_Task(), call.deadline, f"rolling back the clone {name}")
        raise ProviderError(f"error reconfiguring virtual machine {name!r}: {describe(error)}") from error
    return str((session.get(vm, "config.uuid") or {})["config.uuid"])


def _shape(call: Call[Session], vm: Any, inputs: Inputs) -> None:
    """Give a fresh clone its configuration and its devices."""
    session = call.world
    facts = session.get(vm, "config.hardware.device", "datastore") or {}
    devices: list[Any] = list(facts["config.hardware.device"])
    spec = config_spec(inputs)
    datastore = (
        session.ref(vim.Datastore, inputs["datastoreId"]) if inputs.get("datastoreId") else facts["datastore"][0]
    )
    spec.deviceChange = [
        *card_changes(session, devices, inputs.get("networkInterfaces")),
        *disk_changes(session, devices, inputs.get("disks"), datastore),
    ]
    session.wait(vm.ReconfigVM_Task(spec), call.deadline, f"configuring {inputs['name']}")


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    vm = need_vm(call.world, id_)
    power_on(call, vm, inputs)
    if inputs.get("tags"):
        apply_tags(call.world, vm, inputs)
    await_guest(call, vm, inputs)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    session = call.world
    vm = vm_by_uuid(session, id_)
    facts = None if vm is None else session.get(vm, *_READ)
    if facts is None:
        return None
    devices: list[Any] = list(facts["config.hardware.device"])
    extra = options_of(facts.get("config.extraConfig") or [])
    folder = folder_path(session, vm)
    seen = addresses(facts)
    store, _, vmx = str(facts["config.files.vmPathName"]).strip("[").partition("] ")
    return {
        **{part.removeprefix("config."): facts[part] for part in _PARTS if part in facts},
        "hardware": _Hardware(facts),
        "name": plain_name(str(facts["name"])),
        "uuid": facts["config.uuid"],
        "moid": vm._moId if vm is not None else None,
        "resourcePoolId": facts["resourcePool"]._moId if facts.get("resourcePool") else None,
        "hostSystemId": facts["runtime.host"]._moId if facts.get("runtime.host") else None,
        "datastoreId": _datastore(session, facts.get("datastore") or [], store),
        **({"folder": folder} if folder else {}),
        "powerState": POWER.get(str(facts["runtime.powerState"])),
        "vmxPath": vmx,
        "changeVersion": facts.get("config.changeVersion"),
        "vmwareToolsStatus": facts.get("guest.toolsRunningStatus"),
        **({"defaultIpAddress": seen[0], "guestIpAddresses": seen} if seen else {}),
        "extraConfig": {key: extra[key] for key in known.get("extraConfig") or {} if key in extra},
        "networkInterfaces": read_cards(devices),
        "disks": read_disks(devices, known),
        **tags_record(session, vm),
    }


def _datastore(session: Session, stores: list[Any], name: str) -> str | None:
    return next((store._moId for store, facts in session.many(stores, "name") if facts.get("name") == name), None)


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    session, new = call.world, changes.new
    vm = need_vm(session, id_)
    if changes.touch("resourcePoolId"):
        by_id(session, vim.ResourcePool, new["resourcePoolId"], "resource pool").MoveIntoResourcePool([vm])
    if changes.touch("folder"):
        session.wait(_home(session, new).MoveIntoFolder_Task([vm]), call.deadline, "moving the machine to its folder")
    if changes.touch("tags"):
        apply_tags(session, vm, new)
    _reshape(call, vm, changes)
    if changes.touch("hostSystemId", "datastoreId"):
        place = vim.vm.RelocateSpec(
            host=session.ref(vim.HostSystem, new["hostSystemId"]) if changes.touch("hostSystemId") else None,
            datastore=session.ref(vim.Datastore, new["datastoreId"]) if changes.touch("datastoreId") else None,
        )
        limit = call.deadline.within(60.0 * new["migrateWaitTimeout"])
        session.wait(vm.RelocateVM_Task(place, "defaultPriority"), limit, "migrating the machine")


def _reshape(call: Call[Session], vm: Any, changes: Changes) -> None:
    session, new = call.world, changes.new
    spec = changed_spec(changes)
    device_changes: list[Any] = []
    if changes.touch("networkInterfaces", "disks"):
        facts = session.get(vm, "config.hardware.device", "datastore") or {}
        devices: list[Any] = list(facts["config.hardware.device"])
        if changes.touch("networkInterfaces"):
            device_changes += card_changes(session, devices, new.get("networkInterfaces"))
        if changes.touch("disks"):
            device_changes += disk_changes(session, devices, new.get("disks"), facts["datastore"][0])
    if spec is None and not device_changes:
        return
    spec = spec or vim.vm.ConfigSpec()
    spec.deviceChange = device_changes
    if changes.touch(*REBOOT) or (changes.touch("extraConfig") and new["extraConfigRebootRequired"]):
        power_off(call, vm, new, force=new["forcePowerOff"])
    session.wait(vm.ReconfigVM_Task(spec), call.deadline, "configuring the machine")
    power_on(call, vm, new)


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    vm = vm_by_uuid(call.world, id_)
    if vm is None:
        return
    # As officially, a deletion does not let a guest that will not stop have its way.
    power_off(call, vm, known, force=True)
    call.world.wait(vm.Destroy_Task(), call.deadline, f"deleting virtual machine {known.get('name', id_)}")


def _locate(call: Call[Session], name: str) -> Found | None:
    if "/" not in name:
        return None
    vm = named(call.world, vim.VirtualMachine, name)
    if vm is None:
        raise ProviderError(f"error fetching virtual machine: vm '{name}' not found")
    facts = call.world.get(vm, "config.template", "config.uuid") or {}
    if facts.get("config.template"):
        raise ProviderError(f"VM {name!r} is a template and cannot be imported")
    return Found(facts["config.uuid"])


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    found = child(call.world, _home(call.world, inputs), inputs["name"])
    if not isinstance(found, vim.VirtualMachine):
        return None
    return (call.world.get(found, "config.uuid") or {}).get("config.uuid")


def _cloned(inputs: Inputs) -> Iterable[CheckFailure]:
    if "clone" not in inputs:
        yield CheckFailure("clone", "the twin makes machines by cloning a template: `clone` is required here")
    if not inputs.get("networkInterfaces"):
        yield CheckFailure(
            "networkInterfaces", "`networkInterfaces` is required when not deploying from an OVF template"
        )


class _Hardware:
    """`config.hardware` without the device list, which is read on its own."""

    def __init__(self, facts: dict[str, Any]) -> None:
        hardware = facts["config.hardware"]
        self.numCPU = hardware.numCPU
        self.numCoresPerSocket = hardware.numCoresPerSocket
        self.memoryMB = hardware.memoryMB


VIRTUAL_MACHINE = ResourceType[Session](
    "vsphere:index/virtualMachine:VirtualMachine",
    properties=(
        *CONFIGURATION,
        *PLACE,
        *INSTRUCTIONS,
        NETWORK_INTERFACES,
        DISKS,
        prop("extraConfig", samples=({"guestinfo.metadata": "YQ=="}, {"guestinfo.userdata": "Yg=="})),
        prop(
            "clone",
            kept=Kept.STATE,
            fields=(prop("templateUuid", replaces=True), prop("timeout", default=30, low=10)),
        ),
        TAGS,
    ),
    outputs=(
        output("uuid"),
        output("moid"),
        output("powerState"),
        output("vmxPath"),
        output("defaultIpAddress"),
        output("guestIpAddresses"),
        output("vmwareToolsStatus"),
        output("changeVersion", volatile=True),
    ),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name", "folder"),
    autoname="name",
    rules=(_cloned,),
    import_syntax="/datacenter/vm/folder/name",
    timeout=1800.0,
)
