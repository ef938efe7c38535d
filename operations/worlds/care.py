"""The twin's own verbs: start, stop, look, forget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from operations.console import Console
from operations.deployment.project import Project
from operations.deployment.stack_configuration import deployed_stacks
from operations.paths import state_directory
from operations.recovery.own_processes import end_orphans
from operations.recovery.run_lock import hold
from operations.recovery.stacks import free_stack
from operations.territories import choose_territory
from operations.tiers import Tier, announcement
from operations.worlds.session import machine_error, open_session, start_world
from operations.worlds.world import forget_world, world_files
from twin.client import TwinClient, WorldStatus, connect
from twin.errors import TwinError
from twin.hosts.report import GuestReport, GuestState, read_report
from twin.status import HostsStatus
from twin.worlds import HOSTS_DIRECTORY

if TYPE_CHECKING:
    from twin.framework.fidelity import Fidelity

REFUSED_SHOWN = 60
"""A longer list helps nobody on a terminal."""


def start(territory: str, *, as_json: bool) -> None:
    """Start a territory's world and make its stacks exist; nothing is deployed."""
    console = Console(as_json=as_json)
    chosen = choose_territory(territory)
    console.say(announcement(Tier.API))
    state = state_directory()
    running = start_world(open_session(state, console), chosen, console)
    _tell(state, running.status, console)
    console.result({"tier": str(Tier.API), "worlds": [world_json(state, running.status)]})


def stop(territory: str | None, *, as_json: bool) -> None:
    """Stop one world, or all of them and the daemon. What was deployed is gone, and the next command says so."""
    console = Console(as_json=as_json)
    client = _connect(state_directory())
    stopped: list[str] = []
    if client is not None:
        try:
            stopped = [world.territory for world in client.status().worlds if territory in (None, world.territory)]
            with console.step("Stopping the twin"):
                for name in stopped:
                    client.stop_world(name)
                if territory is None:
                    client.shutdown()
        except TwinError as error:
            raise machine_error(error) from error
    console.say(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")
    console.result({"stopped": stopped})


def tell_status(*, as_json: bool) -> None:
    """Say what runs, without starting anything."""
    console = Console(as_json=as_json)
    state = state_directory()
    client = _connect(state)
    if client is None:
        console.say("the twin is not running; ./metro up or ./metro twin up starts it")
        console.result({"running": False, "worlds": []})
        return
    try:
        status = client.status()
    except TwinError as error:
        raise machine_error(error) from error
    console.say(f"the twin runs (process {status.pid}), {len(status.worlds)} worlds")
    for world in status.worlds:
        _tell(state, world, console)
    worlds = [world_json(state, world) for world in status.worlds]
    console.result({"running": True, "pid": status.pid, "providers": status.providers, "worlds": worlds})


def reset(territory: str, *, as_json: bool) -> None:
    """Stop a territory's world and forget it, its stacks' state and their configuration; other territories stay."""
    console = Console(as_json=as_json)
    chosen = choose_territory(territory)
    name = chosen.model.name
    state = state_directory()
    every = (*chosen.stacks, *deployed_stacks(Project(state), name))
    stacks = list(dict.fromkeys(stack.name for stack in every))
    discard(state, name, stacks, console, doing="metro twin reset")
    console.say(f"{name}: world and state are forgotten; ./metro up --territory {name} makes them anew")
    console.result({"territory": name, "forgotten": stacks})


def discard(state: Path, name: str, stacks: Iterable[str], console: Console, *, doing: str) -> None:
    """Stop and forget a world and the stacks of a territory, whatever state they are in; no engine is asked."""
    project = Project(state)
    with hold(state, name, doing, console):
        end_orphans(state, console.say)
        for stack in stacks:
            free_stack(project, stack, console, wait=False)
        client = _connect(state)
        if client is not None and any(world.territory == name for world in client.status().worlds):
            with console.step(f"Stopping {name}'s world"):
                client.stop_world(name)
        forget_world(state, name)
        for stack in stacks:
            project.forget(stack)


def tell_fidelity(*, as_json: bool) -> None:
    """What the stand-in providers exercise of the official ones, from their own declarations."""
    # Seconds of schemas and of moto that only this verb needs.
    from twin.aws.provider import PACKAGE as AWS  # noqa: PLC0415
    from twin.aws.provider import SCHEMA as AWS_SCHEMA  # noqa: PLC0415
    from twin.aws.server.extension import additions  # noqa: PLC0415
    from twin.framework.fidelity import fidelity  # noqa: PLC0415
    from twin.vsphere.provider import PACKAGE as VSPHERE  # noqa: PLC0415
    from twin.vsphere.provider import SCHEMA as VSPHERE_SCHEMA  # noqa: PLC0415

    console = Console(as_json=as_json)
    console.say(announcement(Tier.API))
    packages = {"vsphere": fidelity(VSPHERE, VSPHERE_SCHEMA), "aws": fidelity(AWS, AWS_SCHEMA)}
    for found in packages.values():
        _tell_package(found, console)
    added = additions()
    for service, lines in added.items():
        for line in lines:
            console.say(f"added to moto's {service}: {line}")
    console.result({**{name: asdict(found) for name, found in packages.items()}, "additions": added})


def _tell_package(found: Fidelity, console: Console) -> None:
    for item in found.types:
        console.say(f"{item.token}: {len(item.exercised)} properties written and read back")
        for title, names in (
            ("instructions to the provider, kept by the state alone", item.instructions),
            ("refused by name", item.refused),
            ("outputs left out", item.outputs_left_out),
        ):
            if names:
                console.say(f"  {title}: {', '.join(names)}")
    console.say(f"data sources: {', '.join(item.token for item in found.sources) or 'none'}")
    for title, names in (("data sources", found.sources_refused), ("types", found.types_refused)):
        shown = ", ".join(names) if len(names) <= REFUSED_SHOWN else f"{len(names)}, which --json lists"
        console.say(f"{title} refused by name: {shown}")


def world_json(state: Path, world: WorldStatus) -> dict[str, object]:
    """A world as `--json` shows it."""
    return {
        "territory": world.territory,
        "world_id": world.world_id,
        "lost": world.lost,
        "outdated": world.outdated,
        "running": world.running,
        "vcenters": [
            {"id": vcenter.id, "server": vcenter.server, "instance_uuid": vcenter.instance_uuid, "pid": vcenter.pid}
            for vcenter in world.vcenters
        ],
        "clouds": [asdict(cloud) for cloud in world.clouds],
        "hosts": {**asdict(world.hosts), "guests": [asdict(guest) for guest in _guests(state, world)]}
        if world.hosts
        else None,
    }


def _guests(state: Path, world: WorldStatus) -> tuple[GuestReport, ...]:
    return read_report(world_files(state, world.territory).directory / HOSTS_DIRECTORY)


def _tell(state: Path, world: WorldStatus, console: Console) -> None:
    servers = [f"vCenter {vcenter.id} at {vcenter.server}" for vcenter in world.vcenters]
    servers += [f"cloud {cloud.id} at {cloud.server} (account {cloud.account_id})" for cloud in world.clouds]
    console.say(f"{world.territory}: {', '.join(servers)}")
    name = world.territory
    if world.hosts:
        _tell_hosts(name, world.hosts, _guests(state, world), console)
    if not world.running:
        console.warn(
            f"{name}: a simulated server has ended; ./metro up -t {name} starts it again and makes its content anew"
        )
    if world.lost:
        console.warn(f"{name}: the deployed state belongs to another world; ./metro up -t {name} makes it anew")
    if world.outdated:
        console.say(
            f"{name}: the territory's equipment changed since this world began; hosts that were added can be joined, "
            f"what was changed or removed is as it was until ./metro twin reset -t {name}"
        )


def _tell_hosts(name: str, hosts: HostsStatus, guests: tuple[GuestReport, ...], console: Console) -> None:
    if hosts.pid is None:
        console.warn(f"{name}: the hypervisor has ended and no host runs; ./metro up -t {name} starts them anew")
        return
    states = Counter(guest.state for guest in guests)
    counted = ", ".join(f"{states[state]} {state}" for state in GuestState if states[state])
    console.say(f"{name}: hosts from the image {hosts.image}: {counted or 'none declared'}")
    for guest in guests:
        if guest.problem:
            console.warn(f"{name}: {guest.name}: {guest.problem}")


def _connect(state: Path) -> TwinClient | None:
    try:
        return connect(state)
    except TwinError as error:
        raise machine_error(error) from error
