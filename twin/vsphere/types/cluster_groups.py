"""vsphere.ComputeClusterHostGroup and vsphere.ComputeClusterVmGroup: what VM/host rules speak of."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.vsphere.inventory import by_id
from twin.vsphere.session import Session
from twin.vsphere.spec import prop
from twin.vsphere.types.cluster_rules import (
    IMPORT_SYNTAX,
    add_group,
    edit_group,
    group_named,
    identify_group,
    locate_entry,
    parse_group_id,
    remove_group,
)
from twin.vsphere.types.virtual_machine_lookup import need_vm


def _host_group(session: Session, inputs: Inputs) -> Any:
    hosts = [by_id(session, vim.HostSystem, moid, "host") for moid in inputs.get("hostSystemIds") or []]
    return vim.cluster.HostGroup(name=inputs["name"], userCreated=True, host=hosts)


def _vm_group(session: Session, inputs: Inputs) -> Any:
    machines = [need_vm(session, uuid) for uuid in inputs.get("virtualMachineIds") or []]
    return vim.cluster.VmGroup(name=inputs["name"], userCreated=True, vm=machines)


def _found(call: Call[Session], id_: str, kind: type, what: str) -> tuple[str, Any] | None:
    cluster_id, name = parse_group_id(id_)
    group = group_named(call.world, call.world.ref(vim.ClusterComputeResource, cluster_id), name)
    if group is None:
        return None
    if not isinstance(group, kind):
        raise ProviderError(f"group {name!r} in cluster {cluster_id} is not a {what}")
    return cluster_id, group


def _create_hosts(call: Call[Session], inputs: Inputs) -> str:
    return add_group(call, inputs, _host_group(call.world, inputs))


def _create_machines(call: Call[Session], inputs: Inputs) -> str:
    return add_group(call, inputs, _vm_group(call.world, inputs))


def _read_hosts(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    found = _found(call, id_, vim.cluster.HostGroup, "host group")
    if found is None:
        return None
    cluster_id, group = found
    hosts: list[Any] = list(group.host)
    return {
        "computeClusterId": cluster_id,
        "name": group.name,
        "hostSystemIds": sorted(str(host._moId) for host in hosts),
    }


def _read_machines(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    found = _found(call, id_, vim.cluster.VmGroup, "VM group")
    if found is None:
        return None
    cluster_id, group = found
    machines: list[Any] = list(group.vm)
    facts = call.world.many(machines, "config.uuid")
    return {
        "computeClusterId": cluster_id,
        "name": group.name,
        "virtualMachineIds": sorted(str(fact["config.uuid"]) for _, fact in facts),
    }


def _update_hosts(call: Call[Session], id_: str, changes: Changes) -> None:
    edit_group(call, id_, _host_group(call.world, changes.new))


def _update_machines(call: Call[Session], id_: str, changes: Changes) -> None:
    edit_group(call, id_, _vm_group(call.world, changes.new))


def _locate_hosts(call: Call[Session], name: str) -> Found | None:
    return locate_entry(call, name, "host group", identify_group)


def _locate_machines(call: Call[Session], name: str) -> Found | None:
    return locate_entry(call, name, "VM group", identify_group)


HOST_GROUP = ResourceType[Session](
    "vsphere:index/computeClusterHostGroup:ComputeClusterHostGroup",
    properties=(
        prop("name", samples=("hosts-a",)),
        prop("computeClusterId", samples=(Given("cluster"),)),
        prop("hostSystemIds", unordered=True, samples=([Given("host")], [])),
    ),
    outputs=(),
    create=_create_hosts,
    read=_read_hosts,
    update=_update_hosts,
    delete=remove_group,
    locate=_locate_hosts,
    identify=identify_group,
    identity=("name", "computeClusterId"),
    autoname="name",
    import_syntax=IMPORT_SYNTAX,
)

VM_GROUP = ResourceType[Session](
    "vsphere:index/computeClusterVmGroup:ComputeClusterVmGroup",
    properties=(
        prop("name", samples=("machines-a",)),
        prop("computeClusterId", samples=(Given("cluster"),)),
        prop("virtualMachineIds", unordered=True, samples=([Given("vm")], [Given("vm"), Given("other vm")])),
    ),
    outputs=(),
    create=_create_machines,
    read=_read_machines,
    update=_update_machines,
    delete=remove_group,
    locate=_locate_machines,
    identify=identify_group,
    identity=("name", "computeClusterId"),
    autoname="name",
    import_syntax=IMPORT_SYNTAX,
)
