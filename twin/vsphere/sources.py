"""The data sources: how a program finds what it did not make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, DataSource, Inputs
from twin.framework.values import Plain
from twin.vsphere.inventory import all_of, by_id, child, named, need, plain_name
from twin.vsphere.session import Session
from twin.vsphere.spec import bare
from twin.vsphere.types.role import described, roles
from twin.vsphere.types.tag import read_tag, tag_by_name
from twin.vsphere.types.tag_category import category_by_name, read_category
from twin.vsphere.types.virtual_machine_devices import ADAPTERS, GIB, cards_of
from twin.vsphere.types.virtual_machine_lookup import vm_by_uuid

Result = Mapping[str, Plain]


def _scope(call: Call[Session], args: Inputs) -> Any | None:
    moid = args.get("datacenterId")
    return by_id(call.world, vim.Datacenter, moid, "datacenter") if moid else None


def _named(call: Call[Session], kind: type, args: Inputs, what: str) -> Any:
    name = args["name"]
    found = named(call.world, kind, name, _scope(call, args))
    if found is None:
        raise ProviderError(f"{what} '{name}' not found on vCenter {call.world.server}")
    return found


def _datacenter(call: Call[Session], args: Inputs) -> Result:
    session = call.world
    if args.get("name"):
        found = _named(call, vim.Datacenter, args, "datacenter")
    else:
        every = all_of(session, vim.Datacenter)
        if len(every) != 1:
            raise ProviderError(f"default datacenter resolves to {len(every)} datacenters: give `name`")
        found = every[0]
    machines = session.many(all_of(session, vim.VirtualMachine, found), "name")
    return {
        "id": found._moId,
        "name": args.get("name"),
        "virtualMachines": sorted(plain_name(str(facts["name"])) for _, facts in machines),
    }


def _cluster(call: Call[Session], args: Inputs) -> Result:
    found = _named(call, vim.ClusterComputeResource, args, "cluster")
    facts = call.world.get(found, "resourcePool") or {}
    return {**args, "id": found._moId, "resourcePoolId": facts["resourcePool"]._moId}


def _datastore(call: Call[Session], args: Inputs) -> Result:
    return {**args, "id": _named(call, vim.Datastore, args, "datastore")._moId}


def _host(call: Call[Session], args: Inputs) -> Result:
    session = call.world
    if args.get("name"):
        found = _named(call, vim.HostSystem, args, "host")
    else:
        every = all_of(session, vim.HostSystem, _scope(call, args))
        if len(every) != 1:
            raise ProviderError(f"default host resolves to {len(every)} hosts: give `name`")
        found = every[0]
    owner = (session.get(found, "parent") or {})["parent"]
    pool = (session.get(owner, "resourcePool") or {})["resourcePool"]
    return {**args, "id": found._moId, "resourcePoolId": pool._moId}


def _network(call: Call[Session], args: Inputs) -> Result:
    session = call.world
    name, uuid = args["name"], args.get("distributedVirtualSwitchUuid")
    if uuid:
        groups = session.many(
            all_of(session, vim.dvs.DistributedVirtualPortgroup, _scope(call, args)),
            "name",
            "config.distributedVirtualSwitch",
        )
        for group, facts in groups:
            switch = session.get(facts["config.distributedVirtualSwitch"], "uuid") or {}
            if plain_name(str(facts["name"])) == name and switch.get("uuid") == uuid:
                return {**args, "id": group._moId, "type": "DistributedVirtualPortgroup"}
        raise ProviderError(f"network {name} not found on switch {uuid}")
    found = _named(call, vim.Network, args, "network")
    return {**args, "id": found._moId, "type": type(found).__name__.rsplit(".", 1)[-1]}


def _pool(call: Call[Session], args: Inputs) -> Result:
    session = call.world
    if not args.get("name"):
        raise ProviderError("argument `name` is required")
    if args.get("parentResourcePoolId"):
        parent = by_id(session, vim.ResourcePool, args["parentResourcePoolId"], "resource pool")
        found = child(session, parent, args["name"])
        if not isinstance(found, vim.ResourcePool):
            raise ProviderError(f"resource pool '{args['name']}' not found in {args['parentResourcePoolId']}")
    else:
        found = _pool_at(call, args)
    return {**args, "id": found._moId}


def _pool_at(call: Call[Session], args: Inputs) -> Any:
    """A pool by name, inventory path, or path below a datacenter's hosts (`lac-cluster/Resources`)."""
    scope, name = _scope(call, args), str(args["name"])
    if scope is not None and "/" in name and not name.startswith("/"):
        place = plain_name(str((call.world.get(scope, "name") or {})["name"]))
        return need(call.world, f"{place}/host/{name}", vim.ResourcePool, "resource pool")
    return _named(call, vim.ResourcePool, args, "resource pool")


def _folder(call: Call[Session], args: Inputs) -> Result:
    return {**args, "id": need(call.world, args["path"], vim.Folder, "folder")._moId}


def _category(call: Call[Session], args: Inputs) -> Result:
    id_ = args.get("id") or category_by_name(call.world, args.get("name") or "")
    category = None if id_ is None else read_category(call.world, id_)
    if category is None:
        raise ProviderError(f"category '{args.get('name') or id_}' not found on vCenter {call.world.server}")
    kinds = [str(kind).removeprefix("urn:vim25:") for kind in category.get("associable_types") or []]
    return {
        "id": id_,
        "name": category["name"],
        "description": category.get("description", ""),
        "cardinality": category["cardinality"],
        "associableTypes": sorted(kinds),
    }


def _tag(call: Call[Session], args: Inputs) -> Result:
    id_ = args.get("id") or tag_by_name(call.world, args.get("categoryId") or "", args.get("name") or "")
    tag = None if id_ is None else read_tag(call.world, id_)
    if tag is None:
        raise ProviderError(f"tag '{args.get('name') or id_}' not found on vCenter {call.world.server}")
    return {"id": id_, "name": tag["name"], "description": tag.get("description", ""), "categoryId": tag["category_id"]}


def _role(call: Call[Session], args: Inputs) -> Result:
    for role in roles(call.world):
        shown = described(role)
        if shown.get("label") == args["label"]:
            summary = getattr(role.info, "summary", None)
            return {**shown, "id": str(role.roleId), **({"description": str(summary)} if summary else {})}
    raise ProviderError(f"role with label {args['label']} not found")


def _switch(call: Call[Session], args: Inputs) -> Result:
    found = _named(call, vim.DistributedVirtualSwitch, args, "distributed virtual switch")
    facts = call.world.get(found, "uuid", "config") or {}
    return {**args, "id": facts["uuid"], "uplinks": bare(facts["config"].uplinkPortPolicy.uplinkPortName)}


def _machine(call: Call[Session], args: Inputs) -> Result:
    session = call.world
    if args.get("uuid"):
        found = vm_by_uuid(session, args["uuid"])
    elif args.get("moid"):
        found = session.ref(vim.VirtualMachine, args["moid"])
    else:
        found = named(session, vim.VirtualMachine, _machine_path(call, args), _scope(call, args))
    facts = None if found is None else session.get(found, *_MACHINE)
    if found is None or facts is None:
        wanted = args.get("uuid") or args.get("moid") or args.get("name")
        raise ProviderError(f"error fetching virtual machine: vm '{wanted}' not found on vCenter {session.server}")
    devices: list[Any] = list(facts["config.hardware.device"])
    cards = cards_of(devices)
    kinds = {kind: name for name, kind in ADAPTERS.items()}
    return {
        **{name: args[name] for name in ("datacenterId", "folder") if name in args},
        "id": facts["config.uuid"],
        "uuid": facts["config.uuid"],
        "instanceUuid": facts.get("config.instanceUuid"),
        "moid": found._moId,
        "name": plain_name(str(facts["name"])),
        "guestId": bare(facts.get("config.guestId")),
        "firmware": bare(facts.get("config.firmware")),
        "annotation": bare(facts.get("config.annotation")),
        "numCpus": facts.get("config.hardware.numCPU"),
        "memory": facts.get("config.hardware.memoryMB"),
        "disks": [
            {"label": f"disk{index}", "size": int(disk.capacityInKB) // GIB, "unitNumber": int(disk.unitNumber or 0)}
            for index, disk in enumerate(item for item in devices if isinstance(item, vim.vm.device.VirtualDisk))
        ],
        "networkInterfaceTypes": [kinds.get(type(card), type(card).__name__) for card in cards],
    }


_MACHINE: Final = (
    "name", "config.uuid", "config.instanceUuid", "config.guestId", "config.firmware", "config.annotation",
    "config.hardware.numCPU", "config.hardware.memoryMB", "config.hardware.device",
)  # fmt: skip


def _machine_path(call: Call[Session], args: Inputs) -> str:
    name, scope = str(args.get("name") or ""), _scope(call, args)
    path = "/".join(part for part in (str(args.get("folder") or "").strip("/"), name) if part)
    if "/" not in path or path.startswith("/") or scope is None:
        return path
    place = plain_name(str((call.world.get(scope, "name") or {})["name"]))
    return f"{place}/vm/{path.removeprefix(f'{place}/vm/')}"


def _source(name: str, arguments: tuple[str, ...], results: tuple[str, ...], run: Any) -> DataSource[Session]:
    return DataSource(f"vsphere:index/{name}:{name}", arguments, results, run)


ALL: Final[tuple[DataSource[Session], ...]] = (
    _source("getDatacenter", ("name",), ("id", "name", "virtualMachines"), _datacenter),
    _source("getComputeCluster", ("name", "datacenterId"), ("id", "name", "datacenterId", "resourcePoolId"), _cluster),
    _source("getDatastore", ("name", "datacenterId"), ("id", "name", "datacenterId"), _datastore),
    _source("getHost", ("name", "datacenterId"), ("id", "name", "datacenterId", "resourcePoolId"), _host),
    _source(
        "getNetwork",
        ("name", "datacenterId", "distributedVirtualSwitchUuid"),
        ("id", "name", "datacenterId", "distributedVirtualSwitchUuid", "type"),
        _network,
    ),
    _source(
        "getResourcePool",
        ("name", "datacenterId", "parentResourcePoolId"),
        ("id", "name", "datacenterId", "parentResourcePoolId"),
        _pool,
    ),
    _source("getFolder", ("path",), ("id", "path"), _folder),
    _source(
        "getTagCategory", ("name", "id"), ("id", "name", "description", "cardinality", "associableTypes"), _category
    ),
    _source("getTag", ("name", "categoryId", "id"), ("id", "name", "description", "categoryId"), _tag),
    _source("getRole", ("label",), ("id", "name", "label", "description", "rolePrivileges"), _role),
    _source(
        "getDistributedVirtualSwitch", ("name", "datacenterId"), ("id", "name", "datacenterId", "uplinks"), _switch
    ),
    _source(
        "getVirtualMachine",
        ("name", "datacenterId", "folder", "uuid", "moid"),
        (
            "id", "name", "datacenterId", "folder", "uuid", "moid", "instanceUuid", "guestId", "firmware", "annotation",
            "numCpus", "memory", "disks", "networkInterfaceTypes",
        ),
        _machine,
    ),
)  # fmt: skip
