"""Everything a command needs before it can touch a twin: engine, vcsim, daemon, a territory's world, its stacks."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from operations.console import Console
from operations.deployment.engine_process import EngineCommand, EngineProcesses
from operations.deployment.project import Project, prepare_project, write_shim
from operations.deployment.stack_configuration import StackConfiguration, apply_configuration, twin_configuration
from operations.deployment.workspace import Workspace
from operations.engine.engine import Engine
from operations.engine.find import ensure_engine
from operations.engine.toolchain import ensure_vcsim
from operations.errors import MachineError
from operations.recovery.own_processes import RunId
from operations.recovery.run_lock import hold
from operations.territories import ChosenTerritory
from operations.worlds.isolation import hidden_names, twin_environment
from operations.worlds.world import World, prepare_world
from providers.hosts.plugin import install_plugin
from stacks.layers import LayerStack
from twin.client import OUTDATED_CODE, TwinClient, WorldStatus, ensure_daemon
from twin.errors import TwinError
from twin.plugins import install_plugins


@dataclass(frozen=True)
class TwinSession:
    """The parts of the twin that serve every territory of a state directory."""

    project: Project
    engine: Engine
    processes: EngineProcesses
    workspace: Workspace
    client: TwinClient


@dataclass(frozen=True)
class RunningWorld:
    """One territory's world, started, and the stacks that can be deployed on it."""

    world: World
    status: WorldStatus
    configurations: dict[str, StackConfiguration]
    """By stack."""


def open_session(state: Path, console: Console) -> TwinSession:
    """Make the engine, vcsim and the daemon ready. Raises `MachineError` with the remedy for what is missing.

    From here on this process itself holds none of the credentials and proxies it was started with: whatever it starts
    later cannot inherit them.
    """
    with console.step("Making the Pulumi engine ready") as progress:
        engine = ensure_engine(progress)
    with console.step("Making the vSphere simulator ready") as progress:
        vcsim = ensure_vcsim(progress)
    _isolate_this_process(console)
    project = prepare_project(state)
    write_shim(project, engine.pulumi)
    try:
        install_plugins(project.pulumi_home, state)
        install_plugin(project.pulumi_home)
        with console.step("Starting the twin"):
            client = ensure_daemon(state, vcsim)
        if client.outdated_code:
            console.warn(OUTDATED_CODE)
    except TwinError as error:
        raise machine_error(error) from error
    processes = EngineProcesses()
    environment = project.environment(os.environ, RunId.mine())
    command = EngineCommand(engine.pulumi, engine.version, environment, processes)
    return TwinSession(project, engine, processes, Workspace(project.directory, command, project.variables()), client)


def start_world(
    session: TwinSession,
    territory: ChosenTerritory,
    console: Console,
    stacks: Iterable[LayerStack] | None = None,
) -> RunningWorld:
    """Write a territory's world, start its vCenters, make stacks (all, unless given) exist and know their world."""
    if stacks is None:
        stacks = territory.stacks
    state = session.project.state
    name = territory.model.name
    with hold(state, f"{name}.preparation", "metro", console), console.step(f"Preparing {name}'s world"):
        world = prepare_world(state, territory.model)
        try:
            status = session.client.start_world(world.directory)
        except TwinError as error:
            raise machine_error(error) from error
        configurations = {stack.name: twin_configuration(territory, stack, world) for stack in stacks}
        _apply_all(session, configurations.values())
    return RunningWorld(world, status, configurations)


def stop_world(session: TwinSession, running: RunningWorld, *, keep: bool) -> None:
    """After everything was taken down: no deployed state belongs to this world any more, and nobody needs it."""
    (running.world.directory / "world-id").unlink(missing_ok=True)
    if keep:
        return
    session.client.stop_world(running.world.territory)
    if not session.client.status().worlds:
        session.client.shutdown()


def machine_error(error: TwinError) -> MachineError:
    """A failure of the twin, told like every other."""
    return MachineError(str(error), error.remedy)


def _apply_all(session: TwinSession, configurations: Iterable[StackConfiguration]) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        command = session.workspace.command
        jobs = [pool.submit(apply_configuration, session.project, command, wanted) for wanted in configurations]
        for job in jobs:
            job.result()


def _isolate_this_process(console: Console) -> None:
    hidden = hidden_names(os.environ)
    isolated = twin_environment(os.environ, {})
    os.environ.clear()
    os.environ.update(isolated)
    if hidden:
        console.say(f"hidden from the twin: {', '.join(hidden)}")
