"""A state directory with a world in it, and a simulator that starts in no time."""

from __future__ import annotations

import shlex
import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from twin.client import connect
from twin.errors import TwinError


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on right now."""
    holders = [socket.socket() for _ in range(count)]
    try:
        for holder in holders:
            holder.bind(("127.0.0.1", 0))
        return [holder.getsockname()[1] for holder in holders]
    finally:
        for holder in holders:
            holder.close()


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether a condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def gone(pid: int | None) -> bool:
    """Whether a process has ended."""
    return pid is None or not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def vcsim(tmp_path: Path) -> Path:
    """The fake simulator, as an executable."""
    path = tmp_path / "vcsim"
    script = Path(__file__).with_name("fake_vcsim.py")
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -IS {shlex.quote(str(script))} "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A state directory; a daemon that a test leaves behind is ended."""
    path = tmp_path / "state"
    yield path
    try:
        client = connect(path)
        if client is not None:
            client.shutdown()
    except TwinError as error:
        pytest.fail(f"the daemon could not be ended: {error}")


@pytest.fixture
def world(state: Path) -> Path:
    """A world of two vCenters."""
    directory = state / "worlds" / "sandbox"
    directory.mkdir(parents=True)
    lines = ["schema: 1", "territory: sandbox", "vcenters:"]
    for name, port in zip(("lac", "pessac"), free_ports(2), strict=True):
        lines += [f"  - id: {name}", f"    instance_uuid: {uuid.uuid4()}", f"    port: {port}", "    hosts: []"]
    (directory / "world.yaml").write_text("\n".join(lines) + "\n")
    (directory / "credentials.yaml").write_text("vcenters: {}\n")
    return directory
