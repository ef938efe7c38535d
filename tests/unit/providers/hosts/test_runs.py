"""Real runs of a small playbook: what is heard of each host, what is kept, and what is left when one is ended."""

from __future__ import annotations

import json
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.hosts.batches import CANCELLED, Mode
from providers.hosts.outcome import State
from providers.hosts.runs import Runs
from providers.hosts.settings import Settings
from providers.hosts.ssh import alive
from tests.unit.providers.hosts.ground import Ground, assert_ended, baseline, sleeping, until

SECONDS = 60.0


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    made = Ground(tmp_path)
    monkeypatch.setenv("PATH", str(made.programs), prepend=":")
    return made


@pytest.fixture
def cancelled() -> threading.Event:
    return threading.Event()


@pytest.fixture
def runs(ground: Ground, cancelled: threading.Event) -> Iterator[Runs]:
    made = Runs(Settings(ground.ssh_config, ground.evidence, 60, 1, 8), ground.playbooks, cancelled, print)
    yield made
    made.close()


def test_each_host_gets_its_own_answer(ground: Ground, runs: Runs) -> None:
    ground.host("good")
    (ground.host("bad") / "broken").touch()
    names = ("good", "bad", "gone")

    applied = runs.run(Mode.APPLY, [baseline(name) for name in names], SECONDS)

    assert {name: outcome.state for name, outcome in applied.items()} == {
        "good": State.DONE,
        "bad": State.FAILED,
        "gone": State.UNREACHABLE,
    }
    assert (applied["good"].tasks, applied["good"].rules) == (4, ("R28", "R30"))
    assert applied["bad"].failed_rules == ("R33",)
    assert "R33 | Fail where told" in applied["bad"].problem
    assert "No route to host" in applied["gone"].problem
    assert (ground.hosts / "good" / "level").read_text() == "enhanced\n"

    kept = Path(applied["bad"].evidence).parent
    assert kept.parent == ground.evidence
    assert [stat.S_IMODE(path.stat().st_mode) for path in (kept, *sorted(kept.iterdir()))] == [0o700, 0o600, 0o600]
    text = "".join(path.read_text() for path in kept.iterdir())
    assert "hunter2" not in text
    assert "fatal: [bad]: FAILED!" in text
    result = json.loads((kept / "result.json").read_text())
    assert [(host["name"], host["state"]) for host in result["hosts"]] == [
        ("good", "done"),
        ("bad", "failed"),
        ("gone", "unreachable"),
    ]

    again = runs.run(Mode.APPLY, [baseline("good")], SECONDS)["good"]
    assert (again.state, again.rules) == (State.DONE, ())

    (ground.hosts / "good" / "secret").write_text("edited by hand")
    probed = runs.run(Mode.PROBE, [baseline("good")], SECONDS)["good"]
    assert (probed.state, probed.rules) == (State.DONE, ("R30",))
    assert (ground.hosts / "good" / "secret").read_text() == "edited by hand"


def test_each_role_that_a_host_comes_to_is_told_once(ground: Ground, runs: Runs) -> None:
    for name in ("one", "other"):
        ground.host(name)
    told: list[tuple[str, str]] = []
    runs.run(Mode.APPLY, [baseline("one"), baseline("other")], SECONDS, lambda host, role: told.append((host, role)))
    assert sorted(told) == [("one", "toy"), ("other", "toy")]


def test_a_deadline_ends_every_process_of_a_run(ground: Ground, runs: Runs) -> None:
    (ground.host("slow") / "hang").write_text("97531")
    outcome = runs.run(Mode.APPLY, [baseline("slow")], 15.0)["slow"]
    assert outcome.state is State.UNFINISHED
    assert outcome.problem == "not through in 15 s, at task 'R34 | Hang where told'"
    assert outcome.rules == ("R28", "R30")
    assert_ended("97531")


def test_a_cancellation_is_heard_at_once(ground: Ground, runs: Runs, cancelled: threading.Event) -> None:
    (ground.host("slow") / "hang").write_text("86420")
    begun = time.monotonic()

    def cancel() -> None:
        until(lambda: bool(sleeping("86420")))
        cancelled.set()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    outcome = runs.run(Mode.APPLY, [baseline("slow")], SECONDS)["slow"]
    canceller.join()
    assert outcome.state is State.UNFINISHED
    assert outcome.problem.startswith(CANCELLED)
    assert time.monotonic() - begun < 30
    assert_ended("86420")


def test_a_playbook_that_cannot_be_read_is_said(ground: Ground, runs: Runs) -> None:
    ground.host("good")
    (ground.playbooks / "harden.yml").write_text("- hosts: {")
    outcome = runs.run(Mode.APPLY, [baseline("good")], SECONDS)["good"]
    assert outcome.state is State.UNFINISHED
    assert "YAML parsing failed" in outcome.problem


def test_nothing_is_left_behind(ground: Ground, cancelled: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    ground.host("good")
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        monkeypatch.setattr("tempfile.tempdir", name)
        runs = Runs(Settings(ground.ssh_config, ground.evidence, 60, 1, 8), ground.playbooks, cancelled, print)
        runs.run(Mode.PREVIEW, [baseline("good")], SECONDS)
        assert [stat.S_IMODE(path.stat().st_mode) for path in Path(name).iterdir()] == [0o700]
        runs.close()
        assert list(Path(name).iterdir()) == []


@pytest.mark.parametrize(("patience", "silences"), [(1, 3), (10, 30)])
def test_who_is_patient_lets_a_host_be_silent_for_longer(patience: int, silences: int) -> None:
    assert f"-o ServerAliveInterval=5 -o ServerAliveCountMax={silences}" in alive(patience)
