"""vsphere.Datacenter."""

from __future__ import annotations

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.vsphere.inventory import find, folder_path, need, normal, plain_name, refuse_namesake
from twin.vsphere.session import Session
from twin.vsphere.spec import output, prop
from twin.vsphere.tags import TAGS, apply_tags, tags_record


def _path(name: str, inputs: Inputs) -> str:
    return "/".join(part for part in (normal(inputs.get("folder") or ""), name) if part)


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    parent = session.content.rootFolder
    if inputs.get("folder"):
        parent = need(session, inputs["folder"], vim.Folder, "folder for the datacenter")
    with session.turn(f"children of {parent._moId}"):
        refuse_namesake(session, parent, inputs["name"], "datacenter")
        parent.CreateDatacenter(inputs["name"])
    return str(inputs["name"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    if inputs.get("tags"):
        apply_tags(call.world, need(call.world, _path(id_, inputs), vim.Datacenter, "datacenter"), inputs)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    session = call.world
    found = find(session, _path(id_, known), vim.Datacenter)
    if found is None:
        return None
    facts = session.get(found, "name") or {}
    folder = folder_path(session, found)
    return {
        "name": plain_name(facts["name"]),
        "moid": found._moId,
        **({"folder": folder} if folder else {}),
        **tags_record(session, found),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    apply_tags(call.world, need(call.world, _path(id_, changes.new), vim.Datacenter, "datacenter"), changes.new)


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    found = find(call.world, _path(id_, known), vim.Datacenter)
    if found is not None:
        call.world.wait(found.Destroy_Task(), call.deadline, f"deleting datacenter {id_}")


def _locate(call: Call[Session], name: str) -> Found | None:
    if not name.startswith("/"):
        return None
    found = find(call.world, name, vim.Datacenter)
    if found is None:
        raise ProviderError(f"datacenter '{name}' not found")
    return Found(normal(name).rsplit("/", 1)[-1], {"folder": folder_path(call.world, found)})


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    found = find(call.world, _path(inputs["name"], inputs), vim.Datacenter)
    return None if found is None else str(inputs["name"])


DATACENTER = ResourceType[Session](
    "vsphere:index/datacenter:Datacenter",
    properties=(
        prop("name", samples=("dc-a", "dc-b")),
        prop("folder", canonical=normal, samples=(Given("datacenter folder"), Given("other datacenter folder"))),
        TAGS,
    ),
    outputs=(output("moid"),),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name", "folder"),
    autoname="name",
    import_syntax="/datacenter, or /folder/datacenter",
)
