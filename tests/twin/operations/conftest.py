"""`metro` on states of their own, ended whatever happens."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from operations.engine.engine import Engine
from tests.twin.operations.metro import Metro


@contextmanager
def metro_on_a_state_of_its_own() -> Generator[Metro]:
    """A state directory with a short path, and no daemon left behind."""
    state = Path(tempfile.mkdtemp(prefix="metro-"))
    metro = Metro(state)
    try:
        yield metro
    finally:
        metro.run("twin", "down")
        for engine in metro.engines():
            engine.kill()
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture
def metro(engine: Engine, vcsim_binary: Path) -> Generator[Metro]:
    """A fresh machine, but for the binaries."""
    with metro_on_a_state_of_its_own() as fresh:
        yield fresh


@pytest.fixture(scope="module")
def deployed(engine: Engine, vcsim_binary: Path) -> Generator[Metro]:
    """The sandbox, up. Tests that share it leave it converged."""
    with metro_on_a_state_of_its_own() as shared:
        shared.succeed("up", "-t", "sandbox")
        yield shared
