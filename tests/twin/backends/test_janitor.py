"""The janitor for real, against an engine and its state; only the world is a simulated one."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyVmomi import vim

from operations.deployment.engine_events import EventTally, Outcome, StackReport
from operations.deployment.engine_process import EngineCommand, EngineProcesses
from operations.deployment.workspace import Workspace
from operations.ephemeral.janitor import Verdict
from operations.ephemeral.lease import rfc3339
from operations.ephemeral.real import ephemeral_territories, sweep_real
from operations.recovery.own_processes import RunId
from operations.worlds.session import RunningWorld, TwinSession
from tests.twin.backends.shared_state import STACK, SharedState, sandbox_datacenters
from tests.twin.operations.inventory import VCenterInventory

pytestmark = pytest.mark.api

END = datetime(2026, 11, 23, 12, tzinfo=UTC)


def workspace_of(session: TwinSession, shared: SharedState) -> Workspace:
    environment = {**session.project.environment(os.environ, RunId.mine()), **shared.variables}
    command = EngineCommand(session.engine.pulumi, session.engine.version, environment, EngineProcesses())
    return Workspace(shared.directory, command, shared.variables)


def test_what_configuration_and_state_call_ephemeral_goes_when_its_time_is_up(
    session: TwinSession, world: RunningWorld, tmp_path: Path
) -> None:
    backend = tmp_path / "state"
    backend.mkdir()
    shared = SharedState(session, tmp_path / "checkout", {"PULUMI_BACKEND_URL": backend.as_uri()})
    wanted = sandbox_datacenters(world.world)
    ephemeral = {"metropole:environment": "ephemeral", "metropole:expires": rfc3339(END)}
    shared.begin(replace(wanted, plain={**wanted.plain, **ephemeral}))
    shared.pulumi("up", "--yes", "--skip-preview", "--stack", STACK)
    workspace = workspace_of(session, shared)
    access = next(iter(world.world.vcenters.values()))
    vcenter = VCenterInventory(int(access.server.rpartition(":")[2]), access.user, access.password)
    configuration = shared.directory / "config"

    def take_down(reference: str, stacks: frozenset[str]) -> list[StackReport]:
        assert (reference, stacks) == ("sandbox", {STACK})
        tally = EventTally(STACK)
        workspace.destroy(STACK, tally.take, refresh=True)
        workspace.remove(STACK)
        return [tally.report(Outcome.SUCCEEDED)]

    def sweep(now: datetime) -> list[Verdict]:
        territories = ephemeral_territories(configuration)
        found = sweep_real(territories, lambda: workspace, take_down, now, only=None, dry_run=False)
        return [finding.verdict for finding in found]

    assert sweep(END.replace(hour=11)) == [Verdict.LIVES]
    assert vcenter.names(vim.Datacenter)
    assert sweep(END) == [Verdict.REMOVED]
    assert not vcenter.names(vim.Datacenter)
    assert sweep(END) == [Verdict.REMOVED]
    assert workspace.stacks() == frozenset()
