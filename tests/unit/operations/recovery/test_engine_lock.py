"""A lock is removed only when it is certain that its engine is dead on this host."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from operations.recovery.engine_lock import EngineLock, ProcessFacts, probe_process, read_locks, remove_stale_locks

HOST = socket.gethostname()
TAKEN = "2026-11-23T19:12:00.123456789Z"


def write_lock(directory: Path, **changes: object) -> Path:
    directory.mkdir(exist_ok=True)
    path = directory / f"{len(list(directory.iterdir()))}.json"
    content = {"pid": 4711, "username": "root", "hostname": HOST, "timestamp": TAKEN, **changes}
    path.write_text(json.dumps(content))
    return path


def the_lock(directory: Path) -> EngineLock:
    (lock,) = read_locks(directory)
    return lock


def test_a_lock_whose_engine_is_gone_is_stale(tmp_path: Path) -> None:
    write_lock(tmp_path / "locks")
    assert the_lock(tmp_path / "locks").is_stale(HOST, lambda _pid: None)


def test_a_lock_of_a_living_engine_is_kept(tmp_path: Path) -> None:
    write_lock(tmp_path / "locks")
    lock = the_lock(tmp_path / "locks")
    assert not lock.is_stale(HOST, lambda _pid: ProcessFacts("pulumi", lock.taken - 1))


@pytest.mark.parametrize("name", ["pulumi", "bash"])
def test_another_process_with_the_same_number_is_not_the_engine(tmp_path: Path, name: str) -> None:
    write_lock(tmp_path / "locks")
    lock = the_lock(tmp_path / "locks")
    started = lock.taken + 60 if name == "pulumi" else lock.taken - 60
    assert lock.is_stale(HOST, lambda _pid: ProcessFacts(name, started))


def test_a_lock_of_another_host_is_never_stale_here(tmp_path: Path) -> None:
    write_lock(tmp_path / "locks", hostname="elsewhere")
    lock = the_lock(tmp_path / "locks")
    assert not lock.is_local
    assert not lock.is_stale(HOST, lambda _pid: None)


def test_only_stale_locks_are_removed_and_each_is_told(tmp_path: Path) -> None:
    stale = write_lock(tmp_path / "sandbox-network", pid=1)
    kept = write_lock(tmp_path / "sandbox-network", pid=2)
    told: list[str] = []

    remaining = remove_stale_locks(
        tmp_path / "sandbox-network", told.append, lambda pid: ProcessFacts("pulumi", 0.0) if pid == 2 else None
    )

    assert [lock.path for lock in remaining] == [kept]
    assert not stale.exists()
    assert len(told) == 1
    assert "sandbox-network" in told[0]
    assert "process 1" in told[0]


def test_a_lock_cut_off_in_its_write_has_no_engine(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "x.json").write_text('{"pid": 12')
    assert remove_stale_locks(tmp_path / "locks", lambda _text: None) == []


def test_a_stack_without_locks_is_free(tmp_path: Path) -> None:
    assert remove_stale_locks(tmp_path / "nothing", lambda _text: None) == []


def test_a_process_that_only_waits_to_be_reaped_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    deadline = time.monotonic() + 10
    while probe_process(process.pid) is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert probe_process(process.pid) is None
    process.wait()
