"""Which processes of this machine belong to a run of `metro` on this state, and whether that run is still alive."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from operations.deployment.engine_process import RUN_VARIABLE

ENGINE = "pulumi"
ENGINE_GRACE_S = 30.0
"""How long an interrupted engine may take to finish the step it is at and save its state."""
OTHERS_GRACE_S = 5.0


@dataclass(frozen=True)
class RunId:
    """A run of `metro`: its process and when that process began, so that a reused number is not mistaken for it."""

    pid: int
    started: int

    @classmethod
    def mine(cls) -> RunId:
        """The run this process is."""
        return cls(os.getpid(), int(psutil.Process().create_time()))

    def mark(self, state: Path) -> str:
        """What `RUN_VARIABLE` holds for everything this run starts."""
        return f"{state}:{self.pid}:{self.started}"

    @classmethod
    def from_mark(cls, mark: str, state: Path) -> RunId | None:
        """The run that set a mark, or None when the mark is not of this state directory."""
        prefix = f"{state}:"
        pid, _, started = mark.removeprefix(prefix).partition(":")
        if not mark.startswith(prefix) or not pid.isdigit() or not started.isdigit():
            return None
        return cls(int(pid), int(started))

    def is_alive(self) -> bool:
        """Whether the run's own process still exists."""
        process = living_process(self.pid)
        return process is not None and int(process.create_time()) == self.started


def living_process(pid: int) -> psutil.Process | None:
    """The process of this number unless it is gone or only waits to be reaped."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def find_orphans(state: Path, processes: Iterable[psutil.Process] | None = None) -> list[psutil.Process]:
    """Processes that a dead run on this state left behind: engines, plugins, language hosts, programs."""
    return _find(state, processes, lambda run: not run.is_alive())


def end_orphans(state: Path, say: Callable[[str], None]) -> int:
    """End what dead runs left behind, engines first and in order, so that they still save their state.

    Returns how many processes were ended.
    """
    orphans = find_orphans(state)
    if orphans:
        say(f"ending {len(orphans)} processes of an earlier run that was killed")
        _end(orphans, lambda: find_orphans(state))
    return len(orphans)


def end_all(state: Path) -> None:
    """End whatever any run on this state started, were it alive: nobody else may work on a state that is removed."""

    def find() -> list[psutil.Process]:
        return _find(state, None, lambda _: True)

    if running := find():
        _end(running, find)


def _find(
    state: Path, processes: Iterable[psutil.Process] | None, wanted: Callable[[RunId], bool]
) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for process in processes if processes is not None else psutil.process_iter():
        with suppress(psutil.Error, OSError):
            run = RunId.from_mark(process.environ().get(RUN_VARIABLE, ""), state)
            if run and wanted(run) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _end(processes: list[psutil.Process], remaining: Callable[[], list[psutil.Process]]) -> None:
    engines = [process for process in processes if _name(process) == ENGINE]
    for engine in engines:
        with suppress(psutil.Error):
            engine.send_signal(signal.SIGINT)
    psutil.wait_procs(engines, timeout=ENGINE_GRACE_S)
    rest = remaining()
    for process in rest:
        with suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(rest, timeout=OTHERS_GRACE_S)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=OTHERS_GRACE_S)


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""
