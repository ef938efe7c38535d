"""How clients find the daemon: `daemon.json` says where it listens, the lock on `daemon.lock` says that it lives.

A process id can be taken over by another process; a lock is gone the moment its holder is, however it died.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_LOCK_ATTEMPTS = 20
_LOCK_PAUSE = 0.05
"""Seconds. A client that asks whether the daemon lives holds the lock for an instant."""


@dataclass(frozen=True)
class Rendezvous:
    """Where the daemon listens, and the word that opens."""

    pid: int
    port: int
    token: str

    def __repr__(self) -> str:
        return f"Rendezvous(pid={self.pid}, port={self.port})"


def read_rendezvous(state: Path) -> Rendezvous | None:
    """Return where the living daemon of a state directory listens; None if there is none, whatever a dead one left."""
    try:
        data: dict[str, Any] = json.loads(_file(state).read_text(encoding="utf-8"))
        found = Rendezvous(**data)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return found if is_alive(state) else None


def write_rendezvous(state: Path, rendezvous: Rendezvous) -> None:
    """Publish it, readable by this user only."""
    temporary = _file(state).with_suffix(".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(asdict(rendezvous), stream)
    temporary.replace(_file(state))


def remove_rendezvous(state: Path) -> None:
    """Withdraw it."""
    _file(state).unlink(missing_ok=True)


def is_alive(state: Path) -> bool:
    """Whether a daemon holds the lock of a state directory."""
    try:
        descriptor = os.open(_lock(state), os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def take_lock(state: Path) -> int | None:
    """Become the daemon of a state directory; None when another one is. The lock lives as long as the descriptor."""
    descriptor = os.open(_lock(state), os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(_LOCK_ATTEMPTS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_PAUSE)
        else:
            return descriptor
    os.close(descriptor)
    return None


def owns_lock(state: Path, descriptor: int) -> bool:
    """Whether the state directory still holds the lock behind a descriptor: it may be gone, or another one by now."""
    try:
        return os.path.samestat(os.stat(_lock(state)), os.fstat(descriptor))  # noqa: PTH116 - beside fstat
    except FileNotFoundError:
        return False


def _file(state: Path) -> Path:
    return state / "daemon.json"


def _lock(state: Path) -> Path:
    return state / "daemon.lock"
