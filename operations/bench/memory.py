"""How much memory processes share out between them while something is measured, at its peak."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType

import psutil

INTERVAL_S = 0.5


class PeakMemory:
    """Samples a set of processes from entering to leaving. Pages that several share count once, in parts."""

    def __init__(self, processes: Callable[[], Iterable[psutil.Process]]) -> None:
        self.peak_bytes = 0
        """The largest sum seen."""
        self._processes = processes
        self._done = threading.Event()
        self._sampler = threading.Thread(target=self._sample, name="metro-memory", daemon=True)

    @property
    def peak_mib(self) -> int:
        """The same in MiB."""
        return round(self.peak_bytes / 2**20)

    def __enter__(self) -> PeakMemory:
        self._sampler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._sampler.join()

    def _sample(self) -> None:
        while True:
            self.peak_bytes = max(self.peak_bytes, sum(map(_bytes_of, self._processes())))
            if self._done.wait(INTERVAL_S):
                return


def tree_of(pid: int) -> list[psutil.Process]:
    """A process and all it started; empty when it is gone."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def _bytes_of(process: psutil.Process) -> int:
    with suppress(psutil.Error, OSError):
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    return 0
