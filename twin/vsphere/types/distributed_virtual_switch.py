"""vsphere.DistributedVirtualSwitch."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.framework.missing import MissingError
from twin.framework.values import Plain
from twin.vsphere.inventory import (
    by_id,
    child,
    datacenter_of,
    find,
    folder_at,
    folder_path,
    normal,
    refuse_namesake,
)
from twin.vsphere.session import Session
from twin.vsphere.spec import Casts, build, output, prop, values_changed, values_of
from twin.vsphere.tags import TAGS, apply_tags, tags_record
from twin.vsphere.types.port_setting import SETTING_CASTS, port_settings

_DVS = vim.dvs.VmwareDistributedVirtualSwitch
_MEMBER = vim.dvs.HostMember

CASTS: Casts = {**SETTING_CASTS, "uplinkPortPolicy": vim.DistributedVirtualSwitch.NameArrayUplinkPortPolicy}


def _hosts(members: Plain) -> list[Plain]:
    return [
        {
            "hostSystemId": member.config.host._moId,
            "devices": [str(nic.pnicDevice) for nic in getattr(member.config.backing, "pnicSpec", None) or []],
        }
        for member in members
    ]


SETTINGS = (
    prop("name", "name", samples=("switch-a", "switch-b")),
    prop("description", "description", samples=("north", "south")),
    prop("contactName", "contact.name", samples=("network team",)),
    prop("contactDetail", "contact.contact", samples=("noc@example.org",)),
    prop("ipv4Address", "switchIpAddress", samples=("192.0.2.10",)),
    prop(
        "uplinks",
        "uplinkPortPolicy.uplinkPortName",
        computed=True,
        samples=(["north", "south"], ["north", "south", "east"]),
    ),
    prop("maxMtu", "maxMtu", computed=True, low=1, high=9000, samples=(9000, 1600)),
    prop(
        "multicastFilteringMode",
        "multicastFilteringMode",
        computed=True,
        allowed=("legacyFiltering", "snooping"),
        samples=("snooping", "legacyFiltering"),
    ),
    prop(
        "lacpApiVersion",
        "lacpApiVersion",
        computed=True,
        allowed=("singleLag", "multipleLag"),
        samples=("multipleLag",),
    ),
    prop(
        "linkDiscoveryOperation",
        "linkDiscoveryProtocolConfig.operation",
        default="listen",
        allowed=("none", "listen", "advertise", "both"),
        samples=("both", "none"),
    ),
    prop(
        "linkDiscoveryProtocol",
        "linkDiscoveryProtocolConfig.protocol",
        default="cdp",
        allowed=("cdp", "lldp"),
        samples=("lldp", "cdp"),
    ),
    *port_settings((["uplink1"], ["uplink2"])),
)


def _spec(values: dict[str, Plain]) -> Any:
    return build(_DVS.ConfigSpec, values, CASTS)


def _members(old: Plain, new: Plain) -> list[Any]:
    """One entry for each host that joins, changes its network cards, or leaves."""
    before = {item["hostSystemId"]: item for item in old or []}
    after = {item["hostSystemId"]: item for item in new or []}
    specs = [_member(item, "remove") for host, item in before.items() if host not in after]
    for host, item in after.items():
        if host not in before:
            specs.append(_member(item, "add"))
        elif item.get("devices") != before[host].get("devices"):
            specs.append(_member(item, "edit"))
    return specs


def _member(item: dict[str, Plain], operation: str) -> Any:
    nics = [_MEMBER.PnicSpec(pnicDevice=device) for device in item.get("devices") or []]
    return _MEMBER.ConfigSpec(
        operation=operation, host=vim.HostSystem(item["hostSystemId"]), backing=_MEMBER.PnicBacking(pnicSpec=nics)
    )


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    datacenter = by_id(session, vim.Datacenter, inputs["datacenterId"], "datacenter")
    parent = folder_at(session, datacenter, "network", inputs.get("folder") or "")
    spec = vim.DistributedVirtualSwitch.CreateSpec(configSpec=_spec(values_of(SETTINGS, inputs)))
    with session.turn(f"children of {parent._moId}"):
        refuse_namesake(session, parent, inputs["name"], "distributed switch")
        switch = session.wait(parent.CreateDVS_Task(spec), call.deadline, "creating the distributed switch")
    return str((session.get(switch, "uuid") or {})["uuid"])


def switch_by_uuid(session: Session, uuid: str) -> Any | None:
    """The switch with this id, if it is there."""
    try:
        return session.content.dvSwitchManager.QueryDvsByUuid(uuid)
    except vim.fault.NotFound:
        return None


def need_switch(session: Session, uuid: str) -> Any:
    """`switch_by_uuid`, or an error."""
    switch = switch_by_uuid(session, uuid)
    if switch is None:
        raise MissingError(f"could not find DVS {uuid!r} on vCenter {session.server}")
    return switch


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    switch = need_switch(call.world, id_)
    if inputs.get("hosts"):
        _reconfigure(call, switch, {"host": _members([], inputs["hosts"])})
    if inputs.get("networkResourceControlEnabled"):
        switch.EnableNetworkResourceManagement(True)
    if inputs.get("tags"):
        apply_tags(call.world, switch, inputs)


def _reconfigure(call: Call[Session], switch: Any, values: dict[str, Plain]) -> None:
    session = call.world
    with session.turn(switch._moId):
        version = (session.get(switch, "config.configVersion") or {}).get("config.configVersion")
        spec = _spec({**values, "configVersion": version})
        session.wait(switch.ReconfigureDvs_Task(spec), call.deadline, "configuring the distributed switch")


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    session = call.world
    switch = switch_by_uuid(session, id_)
    facts = None if switch is None else session.get(switch, "name", "config")
    if switch is None or facts is None:
        return None
    config = facts["config"]
    folder = folder_path(session, switch)
    return {
        **{item.path.split(".")[0]: getattr(config, item.path.split(".")[0]) for item in SETTINGS},
        "name": facts["name"],
        "configVersion": config.configVersion,
        "hosts": _hosts(config.host),
        "datacenterId": datacenter_of(session, switch)._moId,
        **({"folder": folder} if folder else {}),
        "networkResourceControlEnabled": config.networkResourceManagementEnabled,
        "version": config.productInfo.version,
        **tags_record(session, switch),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    session = call.world
    switch = need_switch(session, id_)
    values = values_changed(SETTINGS, changes)
    if changes.touch("hosts"):
        values["host"] = _members(changes.old.get("hosts"), changes.new.get("hosts"))
    if values:
        _reconfigure(call, switch, values)
    if changes.touch("networkResourceControlEnabled"):
        switch.EnableNetworkResourceManagement(bool(changes.new.get("networkResourceControlEnabled")))
    if changes.touch("tags"):
        apply_tags(session, switch, changes.new)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    switch = switch_by_uuid(call.world, id_)
    if switch is not None:
        with call.world.turn(switch._moId):
            call.world.wait(switch.Destroy_Task(), call.deadline, "deleting the distributed switch")


def _locate(call: Call[Session], name: str) -> Found | None:
    if "/" not in name:
        return None
    found = find(call.world, name, vim.DistributedVirtualSwitch)
    if found is None:
        raise ProviderError(f"distributed switch '{name}' not found")
    return Found((call.world.get(found, "uuid") or {})["uuid"])


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    session = call.world
    datacenter = by_id(session, vim.Datacenter, inputs["datacenterId"], "datacenter")
    found = child(session, folder_at(session, datacenter, "network", inputs.get("folder") or ""), inputs["name"])
    return (session.get(found, "uuid") or {}).get("uuid") if isinstance(found, vim.DistributedVirtualSwitch) else None


DISTRIBUTED_VIRTUAL_SWITCH = ResourceType[Session](
    "vsphere:index/distributedVirtualSwitch:DistributedVirtualSwitch",
    properties=(
        *SETTINGS,
        prop("datacenterId", samples=(Given("datacenter"), Given("other datacenter"))),
        prop("folder", canonical=normal, samples=(Given("network folder"), Given("other network folder"))),
        prop(
            "hosts",
            unordered=True,
            fields=(prop("hostSystemId"), prop("devices")),
            samples=(
                [{"hostSystemId": Given("host"), "devices": ["vmnic0"]}],
                [{"hostSystemId": Given("host"), "devices": ["vmnic0", "vmnic1"]}],
                [],
            ),
        ),
        prop("networkResourceControlEnabled", samples=(True, False)),
        TAGS,
    ),
    outputs=(output("configVersion", volatile=True),),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name", "datacenterId", "folder"),
    autoname="name",
    import_syntax="/datacenter/network/switch",
)
