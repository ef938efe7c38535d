"""vsphere.EntityPermissions: who may do what with one object of the inventory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyVmomi import vim

from providers.logic import CheckFailure, ProviderError
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.framework.values import Plain, has_unknown
from twin.vsphere.inventory import exists
from twin.vsphere.session import Session
from twin.vsphere.spec import prop
from twin.vsphere.types.distributed_virtual_switch import need_switch
from twin.vsphere.types.virtual_machine_lookup import vm_by_uuid

ENTITIES: dict[str, type] = {
    name: getattr(vim, name)
    for name in (
        "ClusterComputeResource", "ComputeResource", "Datacenter", "Datastore", "DistributedVirtualSwitch", "Folder",
        "HostSystem", "Network", "ResourcePool", "StoragePod", "VirtualApp", "VirtualMachine",
    )
} | {
    "DistributedVirtualPortgroup": vim.dvs.DistributedVirtualPortgroup,
    "VmwareDistributedVirtualSwitch": vim.dvs.VmwareDistributedVirtualSwitch,
}  # fmt: skip


def _entity(session: Session, type_: str, id_: str) -> Any:
    """The object permissions are on; switches and virtual machines may be named by uuid."""
    if type_ == "VirtualMachine" and "-" in id_ and len(id_) == 36:
        found = vm_by_uuid(session, id_)
        if found is None:
            raise ProviderError(f"VirtualMachine {id_!r} does not exist on vCenter {session.server}")
        return found
    if type_ in ("DistributedVirtualSwitch", "VmwareDistributedVirtualSwitch") and not id_.startswith("dvs-"):
        return need_switch(session, id_)
    return session.ref(ENTITIES[type_], id_)


def _permissions(listed: Plain) -> list[Any]:
    return [
        vim.AuthorizationManager.Permission(
            principal=item["userOrGroup"],
            group=item["isGroup"],
            propagate=item["propagate"],
            roleId=int(item["roleId"]),
        )
        for item in listed
    ]


def _present(session: Session, entity: Any) -> list[Any]:
    return list(session.content.authorizationManager.RetrieveEntityPermissions(entity, False))


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    entity = _entity(session, inputs["entityType"], inputs["entityId"])
    if not exists(session, entity):
        raise ProviderError(f"{inputs['entityType']} {inputs['entityId']!r} does not exist on vCenter {session.server}")
    session.content.authorizationManager.SetEntityPermissions(entity, _permissions(inputs["permissions"]))
    return str(entity._moId)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    session = call.world
    kind = known.get("entityType")
    if kind is None:
        raise ProviderError("permissions are imported as type:id, for example Folder:group-v3")
    entity = session.ref(ENTITIES[kind], id_)
    if not exists(session, entity):
        return None
    present = sorted(_present(session, entity), key=lambda item: str(item.principal).lower())
    if not present:
        return None
    return {
        "entityId": known.get("entityId", id_),
        "entityType": kind,
        "permissions": [
            {
                "userOrGroup": str(item.principal),
                "isGroup": bool(item.group),
                "propagate": bool(item.propagate),
                "roleId": str(item.roleId),
            }
            for item in present
        ],
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    session = call.world
    entity = session.ref(ENTITIES[changes.new["entityType"]], id_)
    manager = session.content.authorizationManager
    manager.SetEntityPermissions(entity, _permissions(changes.new["permissions"]))
    kept = {item["userOrGroup"].lower() for item in changes.new["permissions"]}
    for item in _present(session, entity):
        if str(item.principal).lower() not in kept:
            manager.RemoveEntityPermission(entity, item.principal, item.group)


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    session = call.world
    entity = session.ref(ENTITIES[known["entityType"]], id_)
    for item in known.get("permissions") or []:
        try:
            session.content.authorizationManager.RemoveEntityPermission(entity, item["userOrGroup"], item["isGroup"])
        except (vim.fault.NotFound, vim.fault.UserNotFound):
            continue


def _locate(_call: Call[Session], name: str) -> Found | None:
    type_, _, id_ = name.partition(":")
    return Found(id_, {"entityType": type_}) if type_ in ENTITIES and id_ else None


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    session = call.world
    entity = _entity(session, inputs["entityType"], inputs["entityId"])
    asked = {str(item["userOrGroup"]).lower() for item in inputs["permissions"]}
    present = (
        {str(item.principal).lower() for item in _present(session, entity)} if exists(session, entity) else set[str]()
    )
    return str(entity._moId) if asked & present else None


def _one_case(who: Plain) -> Plain:
    return who.lower() if isinstance(who, str) else who


def _principals_once(inputs: Inputs) -> Iterable[CheckFailure]:
    if not is_known(inputs, "permissions") or has_unknown(inputs["permissions"]):
        return
    seen: set[str] = set()
    for index, item in enumerate(inputs["permissions"]):
        who = str(item.get("userOrGroup", "")).lower()
        if who in seen:
            yield CheckFailure(f"permissions[{index}].userOrGroup", f"user or group {who!r} is repeated")
        seen.add(who)
    if not inputs["permissions"]:
        yield CheckFailure("permissions", "at least one permission is required")


ENTITY_PERMISSIONS = ResourceType[Session](
    "vsphere:index/entityPermissions:EntityPermissions",
    properties=(
        prop("entityId", samples=(Given("folder"), Given("other folder"))),
        prop("entityType", allowed=tuple(ENTITIES), samples=("Folder", "Datacenter")),
        prop(
            "permissions",
            unordered=True,
            fields=(
                prop("userOrGroup", canonical=_one_case),
                prop("isGroup"),
                prop("propagate"),
                prop("roleId"),
            ),
            samples=(
                [
                    {
                        "userOrGroup": "VSPHERE.LOCAL\\operator",
                        "isGroup": False,
                        "propagate": True,
                        "roleId": Given("role"),
                    }
                ],
                [
                    {
                        "userOrGroup": "VSPHERE.LOCAL\\operators",
                        "isGroup": True,
                        "propagate": False,
                        "roleId": Given("role"),
                    }
                ],
            ),
        ),
    ),
    outputs=(),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("entityId", "entityType"),
    rules=(_principals_once,),
    import_syntax="type:id, for example Folder:group-v3 (the official provider has no import for this type)",
)
