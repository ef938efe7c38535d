"""vsphere.Folder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyVmomi import vim

from providers.logic import CheckFailure, ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.framework.values import UNKNOWN
from twin.vsphere.inventory import (
    ROOTS,
    FolderKind,
    ancestors,
    by_id,
    child,
    find,
    folder_at,
    moid,
    need,
    normal,
    plain_name,
    refuse_namesake,
)
from twin.vsphere.session import Session
from twin.vsphere.spec import prop
from twin.vsphere.tags import TAGS, apply_tags, tags_record

KINDS: dict[str, FolderKind] = {"host": "host", "vm": "vm", "datastore": "datastore", "network": "network"}


def _parent(session: Session, inputs: Inputs, path: str) -> Any:
    above = normal(path).rpartition("/")[0]
    if inputs["type"] == "datacenter":
        return need(session, above, vim.Folder, "folder") if above else session.content.rootFolder
    datacenter = by_id(session, vim.Datacenter, inputs["datacenterId"], "datacenter")
    return folder_at(session, datacenter, KINDS[inputs["type"]], above)


def _name(path: str) -> str:
    return normal(path).rpartition("/")[2]


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    parent = _parent(session, inputs, inputs["path"])
    with session.turn(f"children of {parent._moId}"):
        refuse_namesake(session, parent, _name(inputs["path"]), "folder")
        return str(parent.CreateFolder(_name(inputs["path"]))._moId)


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    if inputs.get("tags"):
        apply_tags(call.world, call.world.ref(vim.Folder, id_), inputs)


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    session = call.world
    folder = session.ref(vim.Folder, id_)
    facts = session.get(folder, "name")
    if facts is None:
        return None
    above = ancestors(session, folder)
    names = [plain_name(facts["name"]), *(name for _, name in above)]
    place = next((index for index, (obj, _) in enumerate(above) if isinstance(obj, vim.Datacenter)), None)
    if place is None:
        where = {"type": "datacenter", "path": "/".join(reversed(names))}
    else:
        root = above[place - 1][0] if place else folder
        roots = session.get(above[place][0], *ROOTS.values()) or {}
        kind = next(name for name, attribute in ROOTS.items() if roots.get(attribute) == root)
        where = {"type": kind, "path": "/".join(reversed(names[:place])), "datacenterId": above[place][0]._moId}
    return {**where, **tags_record(session, folder)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    session = call.world
    folder = by_id(session, vim.Folder, id_, "folder")
    if changes.touch("tags"):
        apply_tags(session, folder, changes.new)
    if changes.touch("path"):
        before, after = changes.old["path"], changes.new["path"]
        if _name(before) != _name(after):
            session.wait(folder.Rename_Task(_name(after)), call.deadline, f"renaming folder {before}")
        if normal(before).rpartition("/")[0] != normal(after).rpartition("/")[0]:
            parent = _parent(session, changes.new, after)
            session.wait(parent.MoveIntoFolder_Task([folder]), call.deadline, f"moving folder {before}")


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    session = call.world
    folder = session.ref(vim.Folder, id_)
    facts = session.get(folder, "childEntity")
    if facts is None:
        return
    if facts.get("childEntity"):
        raise ProviderError("folder is not empty, please remove all items before deleting")
    session.wait(folder.Destroy_Task(), call.deadline, f"deleting folder {known.get('path', id_)}")


def _locate(call: Call[Session], name: str) -> Found | None:
    if not name.startswith("/"):
        return None
    found = find(call.world, name, vim.Folder)
    if found is None:
        raise ProviderError(f"folder '{name}' not found")
    return Found(found._moId)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    found = child(call.world, _parent(call.world, inputs, inputs["path"]), _name(inputs["path"]))
    return moid(found) if isinstance(found, vim.Folder) else None


def _needs_datacenter(inputs: Inputs) -> Iterable[CheckFailure]:
    kind = inputs.get("type")
    if kind in KINDS and not inputs.get("datacenterId") and inputs.get("datacenterId") is not UNKNOWN:
        yield CheckFailure("datacenterId", f"datacenterId cannot be empty when creating a folder of type {kind}")


FOLDER = ResourceType[Session](
    "vsphere:index/folder:Folder",
    properties=(
        prop("path", canonical=normal, samples=("folder-a", "folder-b")),
        prop(
            "type",
            allowed=("host", "vm", "datastore", "network", "datacenter"),
            samples=("vm", "network", "host", "datastore"),
        ),
        prop("datacenterId", samples=(Given("datacenter"), Given("other datacenter"))),
        TAGS,
    ),
    outputs=(),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("path", "datacenterId", "type"),
    rules=(_needs_datacenter,),
    import_syntax="/datacenter/vm/folder (vm, host, network or datastore)",
)
