"""Calls that arrive together are answered by one run: Ansible is made for many hosts, the engine asks one by one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum

from providers.hosts.baseline import Baseline
from providers.hosts.outcome import Outcome
from providers.logic import ProviderError

QUIET = 0.5
"""Seconds without a new call after which a run begins."""
LONGEST = 5.0
"""Seconds after which one begins all the same."""

CANCELLED = "cancelled: the host was left as it is now; the next `pulumi up` goes on from there"


class Mode(StrEnum):
    """What a run does on its hosts."""

    APPLY = "apply"
    PREVIEW = "preview"
    """Says what an apply would change."""
    PROBE = "probe"
    """Says what is not as it was applied."""


RunBatch = Callable[[Mode, Sequence[Baseline], float], Mapping[str, Outcome]]
"""Mode, hosts (each once), seconds at most; the outcome of each host by name."""
Split = Callable[[Mode, Sequence[Baseline]], Sequence[Sequence[Baseline]]]
"""Mode and hosts; the same hosts in the runs that they take, one after another."""


@dataclass
class _Call:
    mode: Mode
    baseline: Baseline
    seconds: float
    arrived: float = field(default_factory=time.monotonic)
    answer: Future[Outcome] = field(default_factory=Future[Outcome])


class Batches:
    """Gathers calls and has them run, one batch at a time: what arrives during a run is the next one's."""

    def __init__(self, run: RunBatch, split: Split, *, quiet: float = QUIET, longest: float = LONGEST) -> None:
        self._run = run
        self._split = split
        self._quiet = quiet
        self._longest = longest
        self._changed = threading.Condition()
        self._waiting: list[_Call] = []
        self._cancelled = False
        self._worker: threading.Thread | None = None

    def ask(self, mode: Mode, baseline: Baseline, seconds: float) -> Outcome:
        """What a run comes to on one host. Blocks until it is over; raises `ProviderError` once cancelled."""
        call = _Call(mode, baseline, seconds)
        with self._changed:
            if self._cancelled:
                raise ProviderError(CANCELLED)
            self._waiting.append(call)
            self._changed.notify_all()
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="hosts-batches", daemon=True)
                self._worker.start()
        return call.answer.result()

    def cancel(self) -> None:
        """Refuse what waits and what comes; the run under way is its own to end."""
        with self._changed:
            self._cancelled = True
            for call in self._waiting:
                call.answer.set_exception(ProviderError(CANCELLED))
            self._waiting.clear()
            self._changed.notify_all()

    def _work(self) -> None:
        while batch := self._gather():
            try:
                for wave in self._split(batch[0].mode, [call.baseline for call in batch]):
                    self._answer([call for call in batch if call.baseline in wave])
            except Exception as error:  # whatever it is, nobody may wait for ever
                for call in batch:
                    if not call.answer.done():
                        call.answer.set_exception(error)

    def _answer(self, calls: Sequence[_Call]) -> None:
        """Run these, and tell each its own: nobody waits for the waves that come after."""
        if self._cancelled:
            raise ProviderError(CANCELLED)
        seconds = max(call.seconds for call in calls)
        outcomes = self._run(calls[0].mode, [call.baseline for call in calls], seconds)
        for call in calls:
            call.answer.set_result(outcomes[call.baseline.host])

    def _gather(self) -> list[_Call]:
        """The calls of the next run, once no more seem to come; none when there will be no other."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting) or self._cancelled)
            while self._waiting:
                first, last = self._waiting[0].arrived, self._waiting[-1].arrived
                left = min(last + self._quiet, first + self._longest) - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            batch: dict[str, _Call] = {}
            for call in self._waiting:
                if call.mode is self._waiting[0].mode:
                    batch.setdefault(call.baseline.host, call)
            self._waiting = [call for call in self._waiting if call is not batch.get(call.baseline.host)]
            return list(batch.values())
