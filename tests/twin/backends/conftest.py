"""A world to deploy on, and a state of its own for each test's engine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from operations.console import Console
from operations.engine.engine import Engine
from operations.postgresql import find_postgresql
from operations.territories import choose_territory
from operations.worlds.session import RunningWorld, TwinSession, open_session, start_world


@pytest.fixture(scope="module")
def session(engine: Engine, vcsim_binary: Path) -> Generator[TwinSession]:
    # pytest's own folders are too long for what the twin puts below them.
    state = Path(tempfile.mkdtemp(prefix="metro-"))
    opened = open_session(state, Console())
    try:
        yield opened
    finally:
        opened.client.shutdown()
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture(scope="module")
def world(session: TwinSession) -> RunningWorld:
    return start_world(session, choose_territory("sandbox"), Console(), ())


@pytest.fixture(scope="session")
def postgresql() -> Path:
    found = find_postgresql()
    if found is None:
        pytest.skip("PostgreSQL is not installed (as root, ./metro test installs Debian's)")
    return found
