"""Which processes are ours, and which of them nobody waits for any more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil

from operations.deployment.engine_process import RUN_VARIABLE
from operations.recovery.own_processes import RunId, end_all, end_orphans, find_orphans

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def begin(mark: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(SLEEP, env={**os.environ, RUN_VARIABLE: mark})


def a_dead_run() -> RunId:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return RunId(process.pid, 1)


def test_a_run_knows_its_own_mark_again() -> None:
    mine = RunId.mine()
    assert RunId.from_mark(mine.mark(Path("/a/state")), Path("/a/state")) == mine
    assert mine.is_alive()


def test_a_mark_of_another_state_or_none_at_all_is_nobodys() -> None:
    mark = RunId.mine().mark(Path("/a/state"))
    assert RunId.from_mark(mark, Path("/another")) is None
    assert RunId.from_mark("", Path("/a/state")) is None
    assert RunId.from_mark("/a/state:x:y", Path("/a/state")) is None


def test_a_reused_process_number_is_another_run() -> None:
    mine = RunId.mine()
    assert not RunId(mine.pid, mine.started - 100).is_alive()


def test_only_what_a_dead_run_on_this_state_left_behind_is_ended(tmp_path: Path) -> None:
    orphan = begin(a_dead_run().mark(tmp_path))
    mine = begin(RunId.mine().mark(tmp_path))
    elsewhere = begin(a_dead_run().mark(tmp_path / "other"))
    try:
        candidates = [psutil.Process(process.pid) for process in (orphan, mine, elsewhere)]
        assert [process.pid for process in find_orphans(tmp_path, candidates)] == [orphan.pid]

        told: list[str] = []
        assert end_orphans(tmp_path, told.append) == 1

        assert not psutil.pid_exists(orphan.pid)
        assert mine.poll() is None
        assert elsewhere.poll() is None
        assert told
        assert end_orphans(tmp_path, told.append) == 0
    finally:
        for process in (orphan, mine, elsewhere):
            process.kill()
            process.wait()


def test_all_that_works_on_a_state_is_ended_before_the_state_is_removed(tmp_path: Path) -> None:
    mine = begin(RunId.mine().mark(tmp_path))
    elsewhere = begin(RunId.mine().mark(tmp_path / "other"))
    try:
        end_all(tmp_path)

        assert not psutil.pid_exists(mine.pid)
        assert elsewhere.poll() is None
    finally:
        for process in (mine, elsewhere):
            process.kill()
            process.wait()
