"""`metro bench up` deploys the same both ways, says so, and leaves nothing behind, also when interrupted."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from shutil import rmtree

import psutil
import pytest

from operations.deployment.engine_process import RUN_VARIABLE
from operations.engine.engine import Engine
from tests.twin.operations.metro import Metro, finish

pytestmark = [pytest.mark.api, pytest.mark.slow]


@pytest.fixture
def place(engine: Engine, vcsim_binary: Path) -> Generator[Path]:
    """Where temporary directories are made, so that one that stays is seen."""
    place = Path(tempfile.mkdtemp(prefix="metro-"))
    yield place
    rmtree(place, ignore_errors=True)


def working_below(place: Path) -> list[psutil.Process]:
    """Engines and daemons whose state is there."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), process.environ().get(RUN_VARIABLE, "")]
        except (psutil.Error, OSError):
            continue
        if process.pid != os.getpid() and any(str(place / "metropole-bench-") in word for word in told):
            found.append(process)
    return found


def test_both_ways_hold_the_same_and_nothing_stays(place: Path) -> None:
    metro = Metro(place / "state")
    bench = metro.start("bench", "up", "-t", "sandbox", "--runs", "1", "--parallel", "16", extra={"TMPDIR": str(place)})
    answer = finish(bench)

    assert answer.code == 0, answer.stderr
    assert answer.json["resources"] > 100
    for scenario in answer.json["scenarios"].values():
        assert scenario["runs"] == 1
        assert scenario["ratio"] == pytest.approx(scenario["anchor"] / scenario["ours"], abs=0.01)
    for side in ("ours", "anchor"):
        assert answer.json["memory_mib"][side]["up"] > 50
        assert answer.json["memory_mib"][side]["daemon"] > 50
    assert not list(place.glob("metropole-bench-*"))
    assert not working_below(place)


def test_a_stack_that_takes_too_long_is_stopped(place: Path) -> None:
    metro = Metro(place / "state")
    how = ("--runs", "1", "--parallel", "16", "--until", "0.2")
    answer = finish(metro.start("bench", "up", "-t", "sandbox", *how, extra={"TMPDIR": str(place)}))

    assert answer.code == 0, answer.stderr
    assert answer.json["anchor_stopped"] == 1
    assert list(answer.json["scenarios"]) == ["from_nothing"]
    assert answer.json["scenarios"]["from_nothing"]["ratio"] >= 0.2
    assert not list(place.glob("metropole-bench-*"))
    assert not working_below(place)


def test_an_interrupted_bench_clears_up(place: Path) -> None:
    metro = Metro(place / "state")
    bench = metro.start("bench", "up", "-t", "sandbox", "--parallel", "16", extra={"TMPDIR": str(place)})
    deadline = time.monotonic() + 120
    while not any(process.name() == "pulumi" for process in working_below(place)):
        assert time.monotonic() < deadline, "no engine was ever started"
        assert bench.poll() is None
        time.sleep(0.2)
    bench.send_signal(signal.SIGINT)
    answer = finish(bench)

    assert answer.code == 130, answer.stderr
    assert not list(place.glob("metropole-bench-*"))
    assert not working_below(place)
