"""The offline plan of a territory against the engine's preview of each stack, right before its first up."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from operations.console import Console
from operations.engine.engine import Engine
from operations.territories import choose_territory
from operations.worlds.session import RunningWorld, TwinSession, open_session, start_world
from planning.engine_preview import disagreements, read_preview
from planning.offline import plan_territory
from stacks.layers import LAYERS, stacks_of
from territory.loader import load_territory

pytestmark = pytest.mark.api

TERRITORY = "sandbox"


@pytest.fixture
def world(engine: Engine, vcsim_binary: Path, tmp_path: Path) -> Generator[tuple[TwinSession, RunningWorld]]:
    """An empty world of its own and the engine's project for it."""
    session = open_session(tmp_path, Console(as_json=False))
    try:
        yield session, start_world(session, choose_territory(TERRITORY), Console(as_json=False))
    finally:
        session.client.shutdown()


def test_the_offline_plan_is_what_the_engine_previews(world: tuple[TwinSession, RunningWorld]) -> None:
    session, running = world
    configurations = {each.stack: each.offline() for each in running.configurations.values()}
    plan = plan_territory(TERRITORY, configurations)
    of_hosts = [stack.name for stack in stacks_of(load_territory(TERRITORY)) if LAYERS[stack.layer].hosts]
    for stack in running.configurations:
        preview = read_preview(session.workspace.run(["preview", "--json", "--show-sames", "--stack", stack]))
        assert len(preview) >= len(plan.stack(stack).deployable) > 0
        assert disagreements(plan.stack(stack), preview) == ()
        if stack not in of_hosts:  # no host runs whose inside could be changed
            session.workspace.up(stack, lambda _: None, refresh=False)
