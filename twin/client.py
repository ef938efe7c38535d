"""Talking to the twin's daemon. Imports nothing heavy: a command asks it before doing anything else."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from twin.code import code_digest
from twin.errors import KINDS, DaemonError, TwinError
from twin.rendezvous import Rendezvous, is_alive, read_rendezvous
from twin.status import TwinStatus, VCenterStatus, WorldStatus

__all__ = ["OUTDATED_CODE", "TwinClient", "TwinStatus", "VCenterStatus", "WorldStatus", "connect", "ensure_daemon"]

OUTDATED_CODE = (
    "the twin runs an older version of this checkout's code; "
    "`./metro twin down`, then up, renews it (its worlds are lost with it)"
)
"""What to tell a user while `TwinClient.outdated_code`."""

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 30.0
_WORLD_SECONDS = 180.0
_START_SECONDS = 30.0
_END_SECONDS = 30.0
_DYING_SECONDS = 1.0


Answered = TypeVar("Answered", TwinStatus, WorldStatus)


@dataclass(frozen=True)
class TwinClient:
    """A living daemon. Every method raises `TwinError` (with a remedy) when it refuses or is gone."""

    state: Path
    rendezvous: Rendezvous
    vcsim: Path | None = None
    """The simulator that worlds are started with; None leaves it to the daemon."""

    @property
    def outdated_code(self) -> bool:
        """Whether the daemon, or a world's simulator, was made of other code than what the checkout holds now."""
        status = self.status()
        if status.code != code_digest():
            return True
        return self.vcsim is not None and any(world.vcsim != str(self.vcsim) for world in status.worlds)

    def start_world(self, directory: Path) -> WorldStatus:
        """Start the world kept in a directory, unless it is running whole; `lost` says that it is not the known one."""
        vcsim = str(self.vcsim) if self.vcsim else None
        answer = self._ask("start_world", _WORLD_SECONDS, directory=str(directory.resolve()), vcsim=vcsim)
        return self._read(WorldStatus, answer, "world")

    def stop_world(self, territory: str) -> None:
        """End a territory's world, with everything in it."""
        self._ask("stop_world", _WORLD_SECONDS, territory=territory)

    def start_hosts(self, territory: str, image: Path) -> WorldStatus:
        """Let the machines of a started world run as containers of an image's tree; safe to repeat."""
        answer = self._ask("start_hosts", _WORLD_SECONDS, territory=territory, image=str(image.resolve()))
        return self._read(WorldStatus, answer, "world")

    def status(self) -> TwinStatus:
        """Return what runs."""
        return self._read(TwinStatus, self._ask("status", _ANSWER_SECONDS), "status")

    def acknowledge_loss(self, territory: str) -> WorldStatus:
        """Record that the deployed state belongs, from now on, to the world that runs."""
        return self._read(WorldStatus, self._ask("acknowledge_loss", _ANSWER_SECONDS, territory=territory), "world")

    def shutdown(self) -> None:
        """End the daemon and every world, and wait until it is gone."""
        self._ask("shutdown", _ANSWER_SECONDS)
        if not _ends_within(self.state, _END_SECONDS):
            raise DaemonError(
                f"the twin's daemon (process {self.rendezvous.pid}) has not ended after {_END_SECONDS:.0f} s",
                f"kill {self.rendezvous.pid}",
            )

    def ping(self) -> None:
        """Make sure that it answers."""
        self._ask("ping", _CONNECT_SECONDS)

    def _read(self, kind: type[Answered], answer: dict[str, Any], name: str) -> Answered:
        try:
            return kind.from_json(answer[name])
        except (LookupError, TypeError) as error:
            raise DaemonError(
                f"the twin's daemon (process {self.rendezvous.pid}) answers as no version known here does: {error}",
                f"kill {self.rendezvous.pid}; the command starts another one when it is run again",
            ) from error

    def _ask(self, operation: str, seconds: float, **arguments: object) -> dict[str, Any]:
        request = {"token": self.rendezvous.token, "op": operation, **arguments}
        remedy = f"see {self.state / 'daemon.log'}; the command starts another one when it is run again"
        try:
            with socket.create_connection(("127.0.0.1", self.rendezvous.port), timeout=_CONNECT_SECONDS) as connection:
                connection.settimeout(seconds)
                connection.sendall(json.dumps(request).encode() + b"\n")
                with connection.makefile("rb") as stream:
                    answer: Any = json.loads(stream.readline())
            refused = None if answer["ok"] else answer["error"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise DaemonError(f"the twin's daemon does not answer {operation}: {error}", remedy) from error
        if refused is not None:
            kind = KINDS.get(str(refused["kind"]), TwinError)
            raise kind(str(refused["message"]), str(refused["remedy"]))
        return answer


def connect(state: Path) -> TwinClient | None:
    """Return the daemon of a state directory if it lives."""
    rendezvous = read_rendezvous(state)
    if rendezvous is None:
        return None
    client = TwinClient(state, rendezvous)
    try:
        client.ping()
    except DaemonError:
        # One that goes now breaks its connections a moment before its lock.
        if not _ends_within(state, _DYING_SECONDS):
            raise
        return None
    return client


def _ends_within(state: Path, seconds: float) -> bool:
    """Whether the daemon of a state directory is gone, or goes in that time."""
    deadline = time.monotonic() + seconds
    while is_alive(state):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def ensure_daemon(state: Path, vcsim: Path) -> TwinClient:
    """Return the daemon of a state directory, started if there is none. Several may ask at once."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        client = _connect_if_ready(state)
        if client is not None:
            return TwinClient(state, client.rendezvous, vcsim)
        if not is_alive(state):
            _start(state, vcsim)
        if time.monotonic() > deadline:
            raise DaemonError(
                f"the twin's daemon was not ready after {_START_SECONDS:.0f} s", f"see {state / 'daemon.log'}"
            )
        time.sleep(0.02)


def _connect_if_ready(state: Path) -> TwinClient | None:
    """Like `connect`, but a daemon that is only just starting or ending counts as none."""
    try:
        return connect(state)
    except DaemonError:
        return None


def _start(state: Path, vcsim: Path) -> None:
    """Start a daemon, in a session of its own, and wait until it said how it is."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    checkout = Path(__file__).resolve().parents[1]
    errors = state / "daemon.log"
    descriptor = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "twin.daemon", "--state", str(state), "--vcsim", str(vcsim)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=checkout,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    if process.stdout is None:
        raise DaemonError("the twin's daemon has no output to listen to")
    with process.stdout as output:
        answered, _, _ = select.select([output], [], [], _START_SECONDS)
        line = output.readline() if answered else b""
    if not line:
        code = process.poll()
        how = "said nothing" if code is None else f"ended with code {code}"
        raise DaemonError(f"the twin's daemon does not start: it {how}", f"see {errors}")
