"""`metro harden`: the provider's own runs, what is told of each host, and an end when a person asks for one."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from operations.errors import AnswerNo, InputError, Interrupted
from operations.hosts import harden as command
from operations.hosts.harden import harden
from operations.hosts.running import RunningHosts
from operations.territories import ChosenTerritory
from playbooks.digest import playbook_digest
from providers.hosts.baseline import Baseline
from providers.hosts.batches import Mode
from providers.hosts.outcome import Outcome, State
from providers.hosts.progress import Tell
from providers.hosts.settings import Settings


class FakeRuns:
    """Answers as told; remembers what it was asked."""

    asked: list[tuple[Mode, list[Baseline]]]
    broken: frozenset[str]
    hangs: bool
    closed: int
    settings: Settings

    def __init__(
        self, settings: Settings, playbooks: Path, cancelled: threading.Event, warn: Callable[[str], None]
    ) -> None:
        type(self).settings = settings
        self._cancelled = cancelled

    def run(self, mode: Mode, baselines: Sequence[Baseline], seconds: float, tell: Tell) -> dict[str, Outcome]:
        self.asked.append((mode, list(baselines)))
        tell(baselines[0].host, "ssh")
        if self.hangs:
            os.kill(os.getpid(), signal.SIGINT)
            assert self._cancelled.wait(20)
        failed = Outcome(State.FAILED, 3, 1, ("R9",), "task 'R33 | x' failed: no", ("R33",), "/log")
        done = Outcome(State.DONE, 18, 1, ("R9", "R73"))
        return {each.host: failed if each.host in self.broken else done for each in baselines}

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[FakeRuns]:
    monkeypatch.setenv("METROPOLE_STATE", str(tmp_path))
    monkeypatch.setattr(FakeRuns, "asked", [], raising=False)
    monkeypatch.setattr(FakeRuns, "broken", frozenset(), raising=False)
    monkeypatch.setattr(FakeRuns, "hangs", False, raising=False)
    monkeypatch.setattr(FakeRuns, "closed", 0, raising=False)
    monkeypatch.setattr(command, "Runs", FakeRuns)

    def running(_: ChosenTerritory) -> RunningHosts:
        return RunningHosts(tmp_path, tmp_path / "tree")

    monkeypatch.setattr(command, "running_hosts", running)
    return FakeRuns


def test_what_is_behind_another_host_comes_after_it(runs: type[FakeRuns], capsys: pytest.CaptureFixture[str]) -> None:
    harden("sandbox", (), check=False, as_json=True)
    (first, ahead), (second, behind) = runs.asked
    assert (first, second) == (Mode.APPLY, Mode.APPLY)
    assert {"lac-bastion", "lac-router-1"} <= {each.host for each in ahead}
    assert {each.host for each in behind} >= {"commune-33063-router", "cloud-paris-open-data-portal-1"}
    result = json.loads(capsys.readouterr().out)
    assert len(result["hosts"]) == len(ahead) + len(behind)
    assert result["hosts"][0] | {"seconds": 0, "rules": [], "failed_rules": []} == {
        "name": "lac-bastion",
        "state": "done",
        "tasks": 18,
        "changed": 1,
        "failed": 0,
        "seconds": 0,
        "rules": [],
        "failed_rules": [],
        "problem": "",
        "evidence": "",
    }
    assert runs.closed == 1


def test_a_check_is_one_run_that_changes_nothing(runs: type[FakeRuns]) -> None:
    harden("sandbox", ["role_commune_router", "lac-bastion"], check=True, as_json=False)
    ((mode, baselines),) = runs.asked
    assert mode is Mode.PROBE
    assert {each.host for each in baselines} == {"lac-bastion", "commune-33063-router", "commune-33318-router"}
    assert {each.playbook_digest for each in baselines} == {playbook_digest()}
    assert "role_bastion" in next(each for each in baselines if each.host == "lac-bastion").groups


def test_who_failed_is_named_with_task_and_log(
    runs: type[FakeRuns], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(FakeRuns, "broken", frozenset({"lac-router-1"}))
    with pytest.raises(AnswerNo, match=r"1 of 2 hosts .* lac-router-1") as caught:
        harden("sandbox", ["lac-router-1", "lac-bastion"], check=False, as_json=False)
    assert "lac-router-1 failed (R33): task 'R33 | x' failed: no; the log: /log" in capsys.readouterr().err
    assert caught.value.remedy is not None
    assert "--limit lac-router-1" in caught.value.remedy


def test_an_interrupt_ends_the_run_and_cleans_up(runs: type[FakeRuns], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeRuns, "hangs", True)
    begun = time.monotonic()
    with pytest.raises(Interrupted):
        harden("sandbox", ["lac-bastion"], check=False, as_json=False)
    assert time.monotonic() - begun < 10
    assert runs.closed == 1


def test_once_more_hosts_failed_than_the_budget_no_other_is_begun(
    runs: type[FakeRuns], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(FakeRuns, "broken", frozenset({"lac-router-1", "lac-router-2", "pessac-router-1"}))
    with pytest.raises(AnswerNo):
        harden(
            "sandbox",
            ["role_border_router", "role_commune_router"],
            check=False,
            as_json=True,
            batch=2,
            failure_budget=1,
        )
    assert [sorted(each.host for each in baselines) for _, baselines in runs.asked] == [
        ["lac-router-1"],
        ["lac-router-2", "pessac-router-1"],
    ]
    told = capsys.readouterr().err
    assert told.count("not begun: 3 of 3 hosts failed before, more than the budget of 1") == 3


def test_workers_are_of_sites_and_are_hosts(runs: type[FakeRuns]) -> None:
    harden("sandbox", ["lac-router-1"], check=False, as_json=False, workers=["lac=lac-bastion"])
    assert runs.settings.workers == {"lac": "lac-bastion"}
    assert (runs.settings.batch_hosts, runs.settings.failure_budget) == (32, 3)
    for wrong in ("lak=lac-bastion", "lac", "lac="):
        with pytest.raises(InputError, match="expected a site of sandbox") as caught:
            harden("sandbox", [], check=False, as_json=False, workers=[wrong])
        assert caught.value.remedy == "its sites are lac, pessac, cloud-paris"
    with pytest.raises(InputError, match="nearest: lac-bastion"):
        harden("sandbox", [], check=False, as_json=False, workers=["lac=lac-bastio"])
