"""vsphere.TagCategory."""

from __future__ import annotations

from typing import Any

from providers.logic import ProviderError
from twin.framework.declaration import Call, Changes, Found, Inputs, Record, ResourceType
from twin.framework.values import Plain
from twin.vsphere.session import Session
from twin.vsphere.spec import prop

TAGGABLE = (
    "ClusterComputeResource", "ComputeResource", "Datacenter", "Datastore", "DistributedVirtualPortgroup",
    "DistributedVirtualSwitch", "Folder", "HostNetwork", "HostSystem", "Library", "Item", "Network", "OpaqueNetwork",
    "ResourcePool", "StoragePod", "VirtualApp", "VirtualMachine", "VmwareDistributedVirtualSwitch",
)  # fmt: skip
"""What the official provider lets a category be for."""


def category_by_name(session: Session, name: str) -> str | None:
    """The id of the category of that name, if there is one."""
    for id_ in session.rest.call("GET", "/category") or []:
        category = read_category(session, id_)
        if category is not None and category["name"] == name:
            return str(id_)
    return None


def read_category(session: Session, id_: str) -> dict[str, Any] | None:
    """The category as the REST API has it; None when it is gone."""
    try:
        return session.rest.call("GET", f"/category/id:{id_}")
    except LookupError:
        return None


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    with session.turn("tag categories"):
        if category_by_name(session, inputs["name"]) is not None:
            raise ProviderError(
                f"tag category {inputs['name']!r} already exists on vCenter {session.server} (already_exists)"
            )
        spec = {
            "name": inputs["name"],
            "description": inputs.get("description") or "",
            "cardinality": inputs["cardinality"],
            "associable_types": inputs["associableTypes"],
        }
        return str(session.rest.call("POST", "/category", {"create_spec": spec}))


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    return read_category(call.world, id_)


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    gone = set(changes.old.get("associableTypes") or []) - set(changes.new["associableTypes"])
    if gone:
        raise ProviderError(f"cannot remove type {sorted(gone)[0]!r} (removal of associable types is not supported)")
    names = {
        "name": "name",
        "description": "description",
        "cardinality": "cardinality",
        "associableTypes": "associable_types",
    }
    spec = {api: changes.new.get(name) or "" for name, api in names.items() if name in changes.names}
    call.world.rest.call("PATCH", f"/category/id:{id_}", {"update_spec": spec})


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    try:
        call.world.rest.call("DELETE", f"/category/id:{id_}")
    except LookupError:
        return


def _locate(call: Call[Session], name: str) -> Found | None:
    if name.startswith("urn:vmomi:"):
        return None
    found = category_by_name(call.world, name)
    if found is None:
        raise ProviderError(f"category name {name!r} not found")
    return Found(found)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return category_by_name(call.world, inputs["name"])


def _kinds(listed: Plain) -> list[str]:
    return [str(kind).removeprefix("urn:vim25:") for kind in listed]


TAG_CATEGORY = ResourceType[Session](
    "vsphere:index/tagCategory:TagCategory",
    properties=(
        prop("name", samples=("category-a", "category-b")),
        prop("description", samples=("north", "south")),
        prop("cardinality", allowed=("SINGLE", "MULTIPLE"), samples=("SINGLE", "MULTIPLE")),
        prop(
            "associableTypes",
            read="associable_types",
            unordered=True,
            allowed=TAGGABLE,
            decode=_kinds,
            samples=(["VirtualMachine"], ["VirtualMachine", "Datacenter"]),
        ),
    ),
    outputs=(),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the category's name",
)
