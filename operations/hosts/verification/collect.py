"""Asks hosts for their facts: all of them side by side, each in one round trip."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testinfra.backend.base import CommandResult
from testinfra.backend.ssh import SshBackend
from testinfra.host import Host

from operations.hosts.verification.services import UNITS

COLLECTOR = Path(__file__).with_name("collector.py")
SIDE_BY_SIDE = 8
CONNECT_SECONDS = 10
HOST_SECONDS = 60.0
"""The longest that one host may take: one that accepts and never answers holds up nobody."""
_LONGEST = 300


@dataclass(frozen=True)
class Collected:
    """One host's answer."""

    name: str
    facts: dict[str, Any] | None
    """See `collector.main`; None of a host that could not be asked."""
    problem: str
    """Why it could not, in one line; empty when it could."""
    seconds: float


def collect(
    names: Sequence[str], ssh_config: Path, answered: Callable[[Collected], None], seconds: float = HOST_SECONDS
) -> dict[str, Collected]:
    """Every host's answer by name; `answered` hears of each as it comes. Whatever a host does, the others are asked."""
    connections = _Connections(ssh_config, seconds)
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="collect") as pool:
        waiting = [pool.submit(_ask, name, connections) for name in names]
        try:
            for done in as_completed(waiting):
                answered(done.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            connections.end()
            raise
        found = {done.result().name: done.result() for done in waiting}
    return {name: found[name] for name in names}


def _ask(name: str, connections: _Connections) -> Collected:
    begun = time.monotonic()
    facts, problem = None, ""
    try:
        host = Host(_Ssh(name, connections, COLLECTOR.read_bytes()))
        told = host.run(f"python3 - {' '.join(UNITS)}")
        if told.rc == 0:
            facts = _facts(told.stdout)
        else:
            problem = f"its collector failed: {_last_line(told.stderr)}"
    except TimeoutError:
        problem = f"it did not answer within {connections.seconds:g} s"
    except RuntimeError as error:  # ssh itself failed
        result = error.args[0] if error.args else None
        problem = _last_line(result.stderr) if isinstance(result, CommandResult) else str(error)
    except ValueError as error:
        problem = f"it answers garbage: {error}"
    return Collected(name, facts, problem, round(time.monotonic() - begun, 2))


def _facts(text: str) -> dict[str, Any]:
    facts = json.loads(text)
    if not isinstance(facts, dict) or "problems" not in facts:
        raise ValueError("no facts are in it")
    return facts


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "HOST IDENTIFICATION HAS CHANGED" in line or "verification failed" in line]
    return ([*lines, *telling] or ["ssh did not say why"])[-1][:_LONGEST]


class _Ssh(SshBackend):
    """testinfra's own connection, with a program to read on the other side and an end."""

    def __init__(self, name: str, connections: _Connections, program: bytes) -> None:
        super().__init__(
            name,
            ssh_config=str(connections.ssh_config),
            timeout=CONNECT_SECONDS,
            controlpersist=0,
            ssh_extra_args="-o BatchMode=yes -o LogLevel=ERROR",
            sudo=True,
        )
        self._encoding = "utf-8"  # asking the host would be another round trip
        self._program = program
        self._connections = connections

    def run_local(self, command: str, *args: str) -> CommandResult:
        line = self.encode(self.quote(command, *args))
        code, stdout, stderr = self._connections.run(line, self._program)
        return self.result(code, line, stdout, stderr.decode(errors="replace"))


class _Connections:
    """The ssh processes under way."""

    def __init__(self, ssh_config: Path, seconds: float) -> None:
        self.ssh_config = ssh_config
        self.seconds = seconds
        self._living: set[subprocess.Popen[bytes]] = set()
        self._ended = False
        self._lock = threading.Lock()

    def run(self, line: bytes, told: bytes) -> tuple[int, bytes, bytes]:
        """Its exit code and what it said. Raises `TimeoutError` when its time is over."""
        with self._lock:
            if self._ended:
                raise TimeoutError
            process = subprocess.Popen(  # noqa: S602 - testinfra makes a line of it and quotes its parts
                line,
                shell=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            self._living.add(process)
        try:
            stdout, stderr = process.communicate(told, timeout=self.seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            process.communicate()
            raise TimeoutError from None
        finally:
            with self._lock:
                self._living.discard(process)
        return process.returncode, stdout, stderr

    def end(self) -> None:
        """End them all, and let no other begin."""
        with self._lock:
            self._ended = True
            for process in self._living:
                _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
