"""vsphere.DistributedPortGroup."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Property, Record, ResourceType
from twin.framework.values import Plain
from twin.vsphere.inventory import by_id, find, plain_name
from twin.vsphere.session import Session
from twin.vsphere.spec import build, output, prop, values_changed, values_of
from twin.vsphere.tags import TAGS, apply_tags, tags_record
from twin.vsphere.types.distributed_virtual_switch import need_switch
from twin.vsphere.types.port_setting import SETTING_CASTS, port_settings


def _override(name: str, path: str) -> Property:
    return prop(name, f"policy.{path}", samples=(True, False))


SETTINGS = (
    prop("name", "name", decode=plain_name, samples=("group-a", "group-b")),
    prop("description", "description", samples=("zone", "circuit")),
    prop(
        "type",
        "type",
        default="earlyBinding",
        allowed=("earlyBinding", "ephemeral"),
        samples=("earlyBinding", "ephemeral"),
    ),
    prop("autoExpand", "autoExpand", default=True, samples=(False, True)),
    prop("numberOfPorts", "numPorts", computed=True, low=0, samples=(16, 32)),
    prop("portNameFormat", "portNameFormat", samples=("<dvsName>-<portIndex>",)),
    _override("blockOverrideAllowed", "blockOverrideAllowed"),
    _override("shapingOverrideAllowed", "shapingOverrideAllowed"),
    _override("livePortMovingAllowed", "livePortMovingAllowed"),
    _override("portConfigResetAtDisconnect", "portConfigResetAtDisconnect"),
    _override("networkResourcePoolOverrideAllowed", "networkResourcePoolOverrideAllowed"),
    _override("trafficFilterOverrideAllowed", "trafficFilterOverrideAllowed"),
    _override("vlanOverrideAllowed", "vlanOverrideAllowed"),
    _override("uplinkTeamingOverrideAllowed", "uplinkTeamingOverrideAllowed"),
    _override("securityPolicyOverrideAllowed", "securityPolicyOverrideAllowed"),
    _override("netflowOverrideAllowed", "ipfixOverrideAllowed"),
    *port_settings((["uplink1"], ["uplink2"])),
)

_FLAGS = (
    "blockOverrideAllowed",
    "shapingOverrideAllowed",
    "livePortMovingAllowed",
    "portConfigResetAtDisconnect",
    "vlanOverrideAllowed",
    "uplinkTeamingOverrideAllowed",
    "securityPolicyOverrideAllowed",
)


def _spec(values: dict[str, Plain]) -> Any:
    if any(path.startswith("policy.") for path in values):
        # The API has no unset for these: a policy that is sent says yes or no to each.
        values = {**{f"policy.{name}": False for name in (*_FLAGS, "vendorConfigOverrideAllowed")}, **values}
    return build(vim.dvs.DistributedVirtualPortgroup.ConfigSpec, values, SETTING_CASTS)


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    switch = need_switch(session, inputs["distributedVirtualSwitchUuid"])
    # A policy without overrides is what the official provider asks for when none is given.
    spec = _spec({"policy.blockOverrideAllowed": False, **values_of(SETTINGS, inputs)})
    with session.turn(switch._moId):
        task = switch.AddDVPortgroup_Task([spec])
        session.wait(task, call.deadline, "creating the port group")
        found = _on_switch(session, switch, inputs["name"])
    if found is None:
        raise ProviderError(f"port group {inputs['name']!r} was created, but is not on its switch")
    return str(found._moId)


def _on_switch(session: Session, switch: Any, name: str) -> Any | None:
    groups = list((session.get(switch, "portgroup") or {}).get("portgroup", []))
    return next((group for group, facts in session.many(groups, "name") if plain_name(facts["name"]) == name), None)


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    if inputs.get("tags"):
        apply_tags(call.world, call.world.ref(vim.dvs.DistributedVirtualPortgroup, id_), inputs)


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    session = call.world
    group = session.ref(vim.dvs.DistributedVirtualPortgroup, id_)
    facts = session.get(group, "name", "key", "config")
    if facts is None:
        return None
    config = facts["config"]
    switch = session.get(config.distributedVirtualSwitch, "uuid") or {}
    return {
        **{item.path.split(".")[0]: getattr(config, item.path.split(".")[0]) for item in SETTINGS},
        "name": facts["name"],
        "key": facts["key"],
        "configVersion": config.configVersion,
        "distributedVirtualSwitchUuid": switch.get("uuid"),
        **tags_record(session, group),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    session = call.world
    group = by_id(session, vim.dvs.DistributedVirtualPortgroup, id_, "port group")
    values = values_changed(SETTINGS, changes)
    if values:
        with session.turn(id_):
            version = (session.get(group, "config.configVersion") or {}).get("config.configVersion")
            spec = _spec({**values, "configVersion": version})
            session.wait(group.ReconfigureDVPortgroup_Task(spec), call.deadline, "configuring the port group")
    if changes.touch("tags"):
        apply_tags(session, group, changes.new)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    session = call.world
    group = session.ref(vim.dvs.DistributedVirtualPortgroup, id_)
    facts = session.get(group, "config.distributedVirtualSwitch")
    if facts is None:
        return
    with session.turn(facts["config.distributedVirtualSwitch"]._moId):
        session.wait(group.Destroy_Task(), call.deadline, "deleting the port group")


def _locate(call: Call[Session], name: str) -> Found | None:
    if "/" not in name:
        return None
    found = find(call.world, name, vim.dvs.DistributedVirtualPortgroup)
    if found is None:
        raise ProviderError(f"port group '{name}' not found")
    return Found(found._moId)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    found = _on_switch(call.world, need_switch(call.world, inputs["distributedVirtualSwitchUuid"]), inputs["name"])
    return None if found is None else str(found._moId)


DISTRIBUTED_PORT_GROUP = ResourceType[Session](
    "vsphere:index/distributedPortGroup:DistributedPortGroup",
    properties=(
        *SETTINGS,
        prop("distributedVirtualSwitchUuid", samples=(Given("switch"), Given("other switch"))),
        TAGS,
    ),
    outputs=(output("key"), output("configVersion", volatile=True)),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="/datacenter/network/port-group",
)
