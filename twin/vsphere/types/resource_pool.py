"""vsphere.ResourcePool."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Property, Record, ResourceType
from twin.vsphere.inventory import by_id, child, find, moid, plain_name, refuse_namesake
from twin.vsphere.session import Session
from twin.vsphere.spec import build, prop, values_of
from twin.vsphere.tags import TAGS, apply_tags, tags_record

LEVELS = ("low", "normal", "high", "custom")


def _allocation(kind: str) -> tuple[Property, ...]:
    path = f"{kind}Allocation"
    return (
        prop(
            f"{kind}ShareLevel",
            f"{path}.shares.level",
            default="normal",
            allowed=LEVELS,
            samples=("high", "low"),
        ),
        prop(f"{kind}Shares", f"{path}.shares.shares", computed=True, samples=(2000, 3000)),
        prop(f"{kind}Reservation", f"{path}.reservation", default=0, samples=(100, 200)),
        prop(f"{kind}Expandable", f"{path}.expandableReservation", default=True, samples=(False, True)),
        prop(f"{kind}Limit", f"{path}.limit", default=-1, samples=(4000, -1)),
    )


CONFIGURATION = (*_allocation("cpu"), *_allocation("memory"))


def _spec(inputs: Inputs) -> Any:
    """The whole configuration, as the API wants it even for a small change."""
    values = values_of(CONFIGURATION, inputs)
    for kind in ("cpu", "memory"):
        # The number of shares is only read for a custom level, but the API wants one.
        values.setdefault(f"{kind}Allocation.shares.shares", 0)
    return build(vim.ResourceConfigSpec, values)


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    parent = by_id(session, vim.ResourcePool, inputs["parentResourcePoolId"], "resource pool")
    with session.turn(f"children of {parent._moId}"):
        refuse_namesake(session, parent, inputs["name"], "resource pool")
        return str(parent.CreateResourcePool(inputs["name"], _spec(inputs))._moId)


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    if inputs.get("tags"):
        apply_tags(call.world, call.world.ref(vim.ResourcePool, id_), inputs)


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    pool = call.world.ref(vim.ResourcePool, id_)
    facts = call.world.get(pool, "name", "parent", "config")
    if facts is None:
        return None
    return {
        "name": plain_name(facts["name"]),
        "parentResourcePoolId": facts["parent"]._moId,
        "cpuAllocation": facts["config"].cpuAllocation,
        "memoryAllocation": facts["config"].memoryAllocation,
        **tags_record(call.world, pool),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    session, new = call.world, changes.new
    pool = by_id(session, vim.ResourcePool, id_, "resource pool")
    if changes.touch("parentResourcePoolId"):
        by_id(session, vim.ResourcePool, new["parentResourcePoolId"], "resource pool").MoveIntoResourcePool([pool])
    if changes.touch("name", *(item.name for item in CONFIGURATION)):
        pool.UpdateConfig(new["name"] if changes.touch("name") else None, _spec(new))
    if changes.touch("tags"):
        apply_tags(session, pool, new)


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    session = call.world
    pool = session.ref(vim.ResourcePool, id_)
    facts = session.get(pool, "vm", "resourcePool")
    if facts is None:
        return
    if facts.get("vm") or facts.get("resourcePool"):
        raise ProviderError(
            f"resource pool {known.get('name', id_)!r} still has virtual machines or pools in it: remove them first"
        )
    session.wait(pool.Destroy_Task(), call.deadline, "deleting the resource pool")


def _locate(call: Call[Session], name: str) -> Found | None:
    if "/" not in name:
        return None
    found = find(call.world, name, vim.ResourcePool)
    if found is None:
        raise ProviderError(f"resource pool '{name}' not found")
    return Found(found._moId)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    parent = by_id(call.world, vim.ResourcePool, inputs["parentResourcePoolId"], "resource pool")
    found = child(call.world, parent, inputs["name"])
    return moid(found) if isinstance(found, vim.ResourcePool) else None


RESOURCE_POOL = ResourceType[Session](
    "vsphere:index/resourcePool:ResourcePool",
    properties=(
        prop("name", samples=("pool-a", "pool-b")),
        prop("parentResourcePoolId", samples=(Given("pool"), Given("other pool"))),
        *CONFIGURATION,
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
    identity=("name", "parentResourcePoolId"),
    autoname="name",
    import_syntax="/datacenter/host/cluster/Resources/pool",
)
