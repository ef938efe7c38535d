"""vsphere.Role."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, Changes, Found, Inputs, Record, ResourceType
from twin.vsphere.session import Session
from twin.vsphere.spec import output, prop

SYSTEM = "System."


def roles(session: Session) -> list[Any]:
    """Every role the vCenter knows."""
    manager = session.content.authorizationManager
    return list((session.get(manager, "roleList") or {}).get("roleList", []))


def role_by_id(session: Session, id_: str) -> Any | None:
    """The role of that number, if there is one."""
    return next((role for role in roles(session) if str(role.roleId) == id_), None)


def described(role: Any) -> dict[str, Any]:
    """The role as its resource and its data source show it: privileges every role has are left out."""
    label = getattr(role.info, "label", None) if role.info else None
    return {
        "name": str(role.name),
        **({"label": str(label)} if label else {}),
        "rolePrivileges": sorted(str(item) for item in role.privilege if not str(item).startswith(SYSTEM)),
    }


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    with session.turn("roles"):
        if any(role.name == inputs["name"] for role in roles(session)):
            raise ProviderError(f"role {inputs['name']!r} already exists on vCenter {session.server} (AlreadyExists)")
        manager = session.content.authorizationManager
        return str(manager.AddAuthorizationRole(inputs["name"], inputs.get("rolePrivileges") or []))


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    role = role_by_id(call.world, id_)
    return None if role is None else described(role)


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    manager = call.world.content.authorizationManager
    manager.UpdateAuthorizationRole(int(id_), changes.new["name"], changes.new.get("rolePrivileges") or [])


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    try:
        call.world.content.authorizationManager.RemoveAuthorizationRole(int(id_), True)
    except vim.fault.NotFound:
        return


def _locate(call: Call[Session], name: str) -> Found | None:
    role = role_by_id(call.world, name)
    if role is not None and role.system:
        raise ProviderError(f"role {name} is a system role: it cannot be imported")
    return None


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return next((str(role.roleId) for role in roles(call.world) if role.name == inputs["name"]), None)


ROLE = ResourceType[Session](
    "vsphere:index/role:Role",
    properties=(
        prop("name", samples=("role-a", "role-b")),
        prop(
            "rolePrivileges",
            unordered=True,
            samples=(["VirtualMachine.Interact.PowerOn"], ["VirtualMachine.Interact.PowerOn", "Datastore.Browse"]),
        ),
    ),
    outputs=(output("label"),),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the role's number",
)
