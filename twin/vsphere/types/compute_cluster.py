"""vsphere.ComputeCluster: DRS, DPM, HA and admission control."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Kept, Record, ResourceType
from twin.framework.values import Plain
from twin.vsphere.inventory import (
    by_id,
    child,
    datacenter_of,
    find,
    folder_at,
    folder_path,
    moid,
    normal,
    plain_name,
    refuse_namesake,
)
from twin.vsphere.session import Session
from twin.vsphere.spec import build, options, output, prop, values_changed, values_of
from twin.vsphere.tags import TAGS, apply_tags, tags_record
from twin.vsphere.types.admission_control import admission_control, read_admission_control
from twin.vsphere.types.compute_cluster_config import DRS, HA


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    cluster = call.world.ref(vim.ClusterComputeResource, id_)
    _configure(call, cluster, {**values_of((*DRS, *HA), inputs), **admission_control(inputs)})
    if inputs.get("tags"):
        apply_tags(call.world, cluster, inputs)


def _configure(call: Call[Session], cluster: Any, values: dict[str, Plain]) -> None:
    spec = build(vim.cluster.ConfigSpecEx, values)
    with call.world.turn(cluster._moId):
        task = cluster.ReconfigureComputeResource_Task(spec, True)
        call.world.wait(task, call.deadline, "configuring the cluster")


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    datacenter = by_id(session, vim.Datacenter, inputs["datacenterId"], "datacenter")
    parent = folder_at(session, datacenter, "host", inputs.get("folder") or "")
    with session.turn(f"children of {parent._moId}"):
        refuse_namesake(session, parent, inputs["name"], "cluster")
        return str(parent.CreateClusterEx(inputs["name"], vim.cluster.ConfigSpecEx())._moId)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    session = call.world
    cluster = session.ref(vim.ClusterComputeResource, id_)
    facts = session.get(cluster, "name", "configurationEx", "resourcePool")
    if facts is None:
        return None
    configuration = facts["configurationEx"]
    folder = folder_path(session, cluster)
    return {
        "name": plain_name(facts["name"]),
        "datacenterId": datacenter_of(session, cluster)._moId,
        **({"folder": folder} if folder else {}),
        "resourcePoolId": facts["resourcePool"]._moId,
        **{part: getattr(configuration, part) for part in _PARTS},
        **read_admission_control(configuration, known),
        **tags_record(session, cluster),
    }


_PARTS = ("drsConfig", "dasConfig", "dpmConfigInfo", "orchestration", "proactiveDrsConfig")


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    session = call.world
    cluster = by_id(session, vim.ClusterComputeResource, id_, "cluster")
    if changes.touch("name"):
        session.wait(cluster.Rename_Task(changes.new["name"]), call.deadline, "renaming the cluster")
    if changes.touch("folder"):
        parent = folder_at(session, datacenter_of(session, cluster), "host", changes.new.get("folder") or "")
        session.wait(parent.MoveIntoFolder_Task([cluster]), call.deadline, "moving the cluster")
    values = values_changed((*DRS, *HA), changes)
    if changes.touch(*(item.name for item in HA)):
        values |= admission_control(changes.new)
    values |= _withdrawn_options(changes)
    if values:
        _configure(call, cluster, values)
    if changes.touch("tags"):
        apply_tags(session, cluster, changes.new)


def _withdrawn_options(changes: Changes) -> dict[str, Plain]:
    """Advanced options with those that are no longer declared emptied, which is how the API takes one away."""
    values: dict[str, Plain] = {}
    for name, path in (("drsAdvancedOptions", "drsConfig.option"), ("haAdvancedOptions", "dasConfig.option")):
        if changes.touch(name):
            gone: dict[str, str] = dict.fromkeys(changes.old.get(name) or {}, "")
            values[path] = options({**gone, **(changes.new.get(name) or {})})
    return values


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    session = call.world
    cluster = session.ref(vim.ClusterComputeResource, id_)
    facts = session.get(cluster, "host")
    if facts is None:
        return
    if facts.get("host"):
        raise ProviderError(
            f"cluster {known.get('name', id_)!r} still has {len(facts['host'])} hosts: remove them first"
        )
    with session.turn(id_):
        session.wait(cluster.Destroy_Task(), call.deadline, "deleting the cluster")


def _locate(call: Call[Session], name: str) -> Found | None:
    if "/" not in name:
        return None
    found = find(call.world, name, vim.ClusterComputeResource)
    if found is None:
        raise ProviderError(f"cluster '{name}' not found")
    return Found(found._moId)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    datacenter = by_id(call.world, vim.Datacenter, inputs["datacenterId"], "datacenter")
    parent = folder_at(call.world, datacenter, "host", inputs.get("folder") or "")
    found = child(call.world, parent, inputs["name"])
    return moid(found) if isinstance(found, vim.ClusterComputeResource) else None


COMPUTE_CLUSTER = ResourceType[Session](
    "vsphere:index/computeCluster:ComputeCluster",
    properties=(
        prop("name", samples=("cluster-a", "cluster-b")),
        prop("datacenterId", samples=(Given("datacenter"), Given("other datacenter"))),
        prop("folder", canonical=normal, samples=(Given("host folder"),)),
        # Officially it only keeps the provider's hands off `hostSystemIds`, which the twin does not offer.
        prop("hostManaged", kept=Kept.STATE, samples=(True,)),
        prop("hostClusterExitTimeout", kept=Kept.STATE, default=3600, low=0, high=604800, samples=(600,)),
        *DRS,
        *HA,
        TAGS,
    ),
    outputs=(output("resourcePoolId"),),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name", "datacenterId", "folder"),
    autoname="name",
    import_syntax="/datacenter/host/cluster",
)
