"""vsphere.Host: an ESXi host that joins a cluster, or a datacenter on its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyVmomi import vim, vmodl

from providers.logic import CheckFailure, ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Kept, Record, ResourceType
from twin.vsphere.inventory import all_of, by_id, datacenter_of, plain_name, root_folder
from twin.vsphere.session import Session, describe
from twin.vsphere.spec import prop
from twin.vsphere.tags import TAGS, apply_tags, tags_record

CREDENTIALS = ("hostname", "username", "password", "thumbprint")


def _connection(inputs: Inputs) -> Any:
    return vim.host.ConnectSpec(
        hostName=inputs["hostname"],
        userName=inputs["username"],
        password=inputs["password"],
        sslThumbprint=inputs.get("thumbprint"),
        force=inputs["force"],
    )


LOCKDOWN = {"disabled": "lockdownDisabled", "normal": "lockdownNormal", "strict": "lockdownStrict"}


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    name, connected = inputs["hostname"], inputs["connected"]
    if inputs.get("cluster"):
        place = by_id(session, vim.ClusterComputeResource, inputs["cluster"], "cluster")
    else:
        place = root_folder(session, by_id(session, vim.Datacenter, inputs["datacenter"], "datacenter"), "host")
    try:
        with session.turn(place._moId):
            task = _join(place, bool(inputs.get("cluster")), _connection(inputs), connected)
            joined = session.wait(task, call.deadline, f"adding host {name}")
    except (vmodl.MethodFault, vmodl.RuntimeFault) as fault:
        raise ProviderError(f"host addition failed: {name}: {describe(fault)}") from fault
    if isinstance(joined, vim.HostSystem):
        return str(joined._moId)
    return str((session.get(joined, "host") or {})["host"][0]._moId)


def _join(place: Any, clustered: bool, connection: Any, connected: bool) -> Any:
    if clustered:
        return place.AddHost_Task(connection, connected, None, None)
    return place.AddStandaloneHost_Task(connection, None, connected, None)


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    host = call.world.ref(vim.HostSystem, id_)
    if inputs["lockdown"] != "disabled":
        _lock_down(call.world, host, inputs["lockdown"])
    if inputs["maintenance"]:
        _maintain(call, host, wanted=True)
    if inputs.get("tags"):
        apply_tags(call.world, host, inputs)


def _lock_down(session: Session, host: Any, mode: str) -> None:
    manager = (session.get(host, "configManager.hostAccessManager") or {})["configManager.hostAccessManager"]
    manager.ChangeLockdownMode(LOCKDOWN[mode])


def _maintain(call: Call[Session], host: Any, wanted: bool) -> None:
    """Bring the host into or out of maintenance mode, unless it is as wanted already."""
    state = call.world.get(host, "runtime.inMaintenanceMode") or {}
    if state.get("runtime.inMaintenanceMode") == wanted:
        return
    task = host.EnterMaintenanceMode_Task(0, True) if wanted else host.ExitMaintenanceMode_Task(0)
    call.world.wait(task, call.deadline, f"{'entering' if wanted else 'leaving'} maintenance mode")


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    session = call.world
    host = session.ref(vim.HostSystem, id_)
    facts = session.get(
        host, "name", "parent", "runtime.connectionState", "runtime.inMaintenanceMode", "config.lockdownMode"
    )
    if facts is None:
        return None
    locked = str(facts.get("config.lockdownMode") or "lockdownDisabled")
    parent = facts["parent"]
    clustered = isinstance(parent, vim.ClusterComputeResource)
    return {
        "hostname": plain_name(facts["name"]),
        "connected": str(facts["runtime.connectionState"]) != "disconnected",
        "maintenance": facts["runtime.inMaintenanceMode"],
        "lockdown": next(name for name, mode in LOCKDOWN.items() if mode == locked),
        **({"cluster": parent._moId} if clustered else {}),
        **({"datacenter": datacenter_of(session, host)._moId} if not clustered or known.get("datacenter") else {}),
        **tags_record(session, host),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    session = call.world
    host = by_id(session, vim.HostSystem, id_, "host")
    new = changes.new
    if not new["connected"]:
        if changes.touch("connected"):
            session.wait(host.DisconnectHost_Task(), call.deadline, "disconnecting the host")
    elif changes.touch("connected", *CREDENTIALS):
        session.wait(host.ReconnectHost_Task(_connection(new), None), call.deadline, "reconnecting the host")
    if changes.touch("cluster"):
        _move(call, host, new)
    if changes.touch("lockdown"):
        _lock_down(session, host, new["lockdown"])
    if changes.touch("maintenance"):
        _maintain(call, host, wanted=new["maintenance"])
    if changes.touch("tags"):
        apply_tags(session, host, new)


def _move(call: Call[Session], host: Any, new: Inputs) -> None:
    if not new.get("cluster"):
        raise ProviderError("a host cannot leave its cluster in place: remove the resource and declare it anew")
    cluster = by_id(call.world, vim.ClusterComputeResource, new["cluster"], "cluster")
    with call.world.turn(cluster._moId):
        _maintain(call, host, wanted=True)
        call.world.wait(cluster.MoveInto_Task([host]), call.deadline, "moving the host")
        _maintain(call, host, wanted=new["maintenance"])


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    session = call.world
    host = session.ref(vim.HostSystem, id_)
    facts = session.get(host, "parent", "runtime.connectionState")
    if facts is None:
        return
    if str(facts["runtime.connectionState"]) != "disconnected":
        session.wait(host.DisconnectHost_Task(), call.deadline, "disconnecting the host")
    alone = not isinstance(facts["parent"], vim.ClusterComputeResource)
    with session.turn(facts["parent"]._moId):
        task = facts["parent"].Destroy_Task() if alone else host.Destroy_Task()
        session.wait(task, call.deadline, f"removing host {known.get('hostname', id_)}")


def _locate(_call: Call[Session], _name: str) -> Found | None:
    return None


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    session = call.world
    hosts = session.many(all_of(session, vim.HostSystem), "name")
    return next((host._moId for host, facts in hosts if facts.get("name") == inputs["hostname"]), None)


def _one_place(inputs: Inputs) -> Iterable[CheckFailure]:
    if ("cluster" in inputs) == ("datacenter" in inputs):
        yield CheckFailure("cluster", "exactly one of `cluster` and `datacenter` must be set")


HOST = ResourceType[Session](
    "vsphere:index/host:Host",
    properties=(
        prop("hostname", samples=(Given("unjoined host"),)),
        prop("username", kept=Kept.STATE, samples=("root",)),
        prop("password", kept=Kept.STATE, samples=(Given("host password"),)),
        prop("cluster", samples=(Given("cluster"), Given("other cluster"))),
        prop("datacenter", samples=(Given("datacenter"),)),
        prop("thumbprint", kept=Kept.STATE, samples=("01:23:45",)),
        prop("force", kept=Kept.STATE, default=False, samples=(True,)),
        prop("connected", default=True, samples=(True, False)),
        prop("maintenance", default=False, samples=(True, False)),
        prop("lockdown", default="disabled", allowed=tuple(LOCKDOWN), samples=("normal", "strict", "disabled")),
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
    identity=("hostname",),
    rules=(_one_place,),
    import_syntax="managed object id of the host (host-12)",
)
