"""Calls that come together are one run; everything else of them stays apart."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from providers.hosts.baseline import Baseline
from providers.hosts.batches import CANCELLED, Batches, Mode, Split
from providers.hosts.outcome import Outcome, State
from providers.logic import ProviderError
from tests.unit.providers.hosts.ground import baseline

QUIET = 0.1


class Runs:
    """Remembers what it was asked to run; ends a run when it is let."""

    def __init__(self, *, held: bool = False) -> None:
        self.asked: list[tuple[Mode, tuple[str, ...], float]] = []
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0 if held else 99)

    def __call__(self, mode: Mode, baselines: Sequence[Baseline], seconds: float) -> Mapping[str, Outcome]:
        self.asked.append((mode, tuple(sorted(each.host for each in baselines)), seconds))
        self.begun.release()
        assert self.may_end.acquire(timeout=20)
        if any(each.host == "crash" for each in baselines):
            raise ZeroDivisionError("no evidence directory")
        return {
            each.host: Outcome(State.FAILED if each.host == "bad" else State.DONE, problem=each.host)
            for each in baselines
        }


def whole(mode: Mode, baselines: Sequence[Baseline]) -> Sequence[Sequence[Baseline]]:
    return [baselines]


class Crowd:
    """Threads that ask, as the engine's calls do."""

    def __init__(self, runs: Runs, longest: float = 5.0, split: Split = whole, quiet: float = QUIET) -> None:
        self.batches = Batches(runs, split, quiet=quiet, longest=longest)
        self._pool = ThreadPoolExecutor(200)

    def ask(self, host: str, mode: Mode = Mode.APPLY, seconds: float = 60.0) -> Future[Outcome]:
        return self._pool.submit(self.batches.ask, mode, baseline(host), seconds)


def test_a_hundred_calls_are_one_run_and_each_gets_its_own_answer():
    runs = Runs()
    crowd = Crowd(runs, longest=30, quiet=2)  # so many threads may take a while to start
    names = [f"host-{number}" for number in range(99)] + ["bad"]
    answers = {name: crowd.ask(name) for name in names}
    outcomes = {name: answer.result(20) for name, answer in answers.items()}
    assert runs.asked == [(Mode.APPLY, tuple(sorted(names)), 60.0)]
    assert {name: outcome.problem for name, outcome in outcomes.items()} == {name: name for name in names}
    assert [name for name in names if outcomes[name].state is State.FAILED] == ["bad"]


def test_what_arrives_during_a_run_is_the_next_ones():
    runs = Runs(held=True)
    crowd = Crowd(runs)
    first = crowd.ask("a")
    assert runs.begun.acquire(timeout=20)
    late = [crowd.ask(name) for name in ("b", "c")]
    time.sleep(2 * QUIET)
    assert len(runs.asked) == 1
    runs.may_end.release(2)
    assert {first.result(20).problem, *(answer.result(20).problem for answer in late)} == {"a", "b", "c"}
    assert [hosts for _, hosts, _ in runs.asked] == [("a",), ("b", "c")]


def test_a_trickle_does_not_hold_the_first_up_for_ever():
    runs = Runs(held=True)
    crowd = Crowd(runs, longest=4 * QUIET)
    stop = threading.Event()

    def trickle() -> None:
        for number in range(60):
            if stop.is_set():
                return
            crowd.ask(f"host-{number}")
            time.sleep(QUIET / 2)

    thread = threading.Thread(target=trickle)
    thread.start()
    assert runs.begun.acquire(timeout=20)
    stop.set()
    thread.join()
    assert 2 < len(runs.asked[0][1]) < 60
    runs.may_end.release(99)


def test_what_asks_for_something_else_runs_apart():
    runs = Runs()
    crowd = Crowd(runs)
    answers = [crowd.ask("a", Mode.PROBE), crowd.ask("b", Mode.PREVIEW, 5.0), crowd.ask("c", Mode.PROBE, 30.0)]
    for answer in answers:
        answer.result(20)
    assert sorted(runs.asked) == [(Mode.PREVIEW, ("b",), 5.0), (Mode.PROBE, ("a", "c"), 60.0)]


def test_a_host_is_never_twice_in_a_run():
    runs = Runs()
    crowd = Crowd(runs)
    for answer in [crowd.ask("a"), crowd.ask("a")]:
        answer.result(20)
    assert [hosts for _, hosts, _ in runs.asked] == [("a",), ("a",)]


def test_a_run_that_breaks_fails_its_own_calls_only():
    runs = Runs()
    crowd = Crowd(runs)
    broken = [crowd.ask(name) for name in ("crash", "a")]
    for answer in broken:
        with pytest.raises(ZeroDivisionError, match="no evidence directory"):
            answer.result(20)
    assert crowd.ask("b").result(20).state is State.DONE


def test_once_cancelled_nothing_waits():
    runs = Runs(held=True)
    crowd = Crowd(runs)
    under_way = crowd.ask("a")
    assert runs.begun.acquire(timeout=20)
    waiting = crowd.ask("b")
    time.sleep(QUIET)
    crowd.batches.cancel()
    with pytest.raises(ProviderError, match=CANCELLED[:20]):
        waiting.result(20)
    with pytest.raises(ProviderError, match=CANCELLED[:20]):
        crowd.ask("c").result(20)
    runs.may_end.release(9)
    assert under_way.result(20).state is State.DONE
    assert len(runs.asked) == 1


def pairs(mode: Mode, baselines: Sequence[Baseline]) -> Sequence[Sequence[Baseline]]:
    return [baselines[:2], baselines[2:]]


def test_a_wave_is_answered_before_the_next_one_is_run():
    runs = Runs(held=True)
    crowd = Crowd(runs, split=pairs)
    answers: dict[str, Future[Outcome]] = {}
    for name in ("a", "b", "c"):
        answers[name] = crowd.ask(name)
        time.sleep(QUIET / 4)
    runs.may_end.release()
    assert {answers[name].result(20).problem for name in ("a", "b")} == {"a", "b"}
    assert not answers["c"].done()
    runs.may_end.release()
    assert answers["c"].result(20).problem == "c"
    assert [hosts for _, hosts, _ in runs.asked] == [("a", "b"), ("c",)]


def test_once_cancelled_no_other_wave_begins():
    runs = Runs(held=True)
    crowd = Crowd(runs, split=pairs)
    answers = [crowd.ask(name) for name in ("a", "b", "c")]
    assert runs.begun.acquire(timeout=20)
    crowd.batches.cancel()
    runs.may_end.release(9)
    told = [answer.exception(20) for answer in answers]
    assert sorted(str(error)[:9] for error in told) == ["None", "None", "cancelled"]
    assert len(runs.asked) == 1
