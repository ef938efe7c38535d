"""The file backend's own locks: who holds a stack, and which lock outlived its engine.

Each lock is a JSON file with the engine's process number, user, host and time. An engine that is killed leaves its
lock behind, and every later one refuses the stack.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from operations.recovery.own_processes import ENGINE, living_process

CLOCK_SLACK_S = 2.0
"""A process begins before it takes its lock; clocks and rounding may differ by this much."""


@dataclass(frozen=True)
class ProcessFacts:
    """What decides whether a process can be the engine that wrote a lock."""

    name: str
    started: float
    """Seconds since the epoch."""


Probe = Callable[[int], ProcessFacts | None]
"""Process number to facts; None when no such process lives on this host."""


@dataclass(frozen=True)
class EngineLock:
    """One lock file."""

    path: Path
    pid: int
    user: str
    host: str
    taken: float
    """Seconds since the epoch."""

    @property
    def is_local(self) -> bool:
        """Whether it was taken on this host, where its end can be seen."""
        return self.host == socket.gethostname()

    def is_stale(self, host: str, probe: Probe) -> bool:
        """True only when it is certain that its engine is dead: taken on this host, by a process that is gone.

        A process of the same number that is no engine, or began after the lock was taken, is another one.
        """
        if self.host != host:
            return False
        facts = probe(self.pid)
        return facts is None or not facts.name.startswith(ENGINE) or facts.started > self.taken + CLOCK_SLACK_S

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user} on {self.host}"


def read_locks(directory: Path) -> list[EngineLock]:
    """The locks of one stack, oldest first; a file that vanishes meanwhile is no lock."""
    locks: list[EngineLock] = []
    for path in directory.glob("*.json"):
        try:
            content: Any = json.loads(path.read_text(encoding="utf-8"))
            taken = datetime.fromisoformat(content["timestamp"]).timestamp()
            locks.append(EngineLock(path, int(content["pid"]), content["username"], content["hostname"], taken))
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError):
            # Cut off while being written: its engine died within that write, or is about to write it again.
            locks.append(EngineLock(path, 0, "an unknown user", socket.gethostname(), path.stat().st_mtime))
    return sorted(locks, key=lambda lock: lock.taken)


def remove_stale_locks(directory: Path, say: Callable[[str], None], probe: Probe | None = None) -> list[EngineLock]:
    """Remove the locks whose engine is dead on this host; returns those that remain."""
    remaining: list[EngineLock] = []
    for lock in read_locks(directory):
        if lock.is_stale(socket.gethostname(), probe or probe_process):
            say(f"{directory.name}: removed the lock of {lock}, which is dead")
            lock.path.unlink(missing_ok=True)
            lock.path.with_name(f"{lock.path.name}.attrs").unlink(missing_ok=True)
        else:
            remaining.append(lock)
    return remaining


def probe_process(pid: int) -> ProcessFacts | None:
    """Ask this machine about a process number."""
    process = living_process(pid)
    return None if process is None else ProcessFacts(process.name(), process.create_time())
