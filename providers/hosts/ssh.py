"""Connections to hosts: whether one answers, and the end of those that Ansible keeps open."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

SSH = "ssh"

_CONNECT_SECONDS = 5
_PAUSE = 2.0
_AT_A_TIME = 8
"""Attempts. A hundred at once starve each other, and the hosts they are for where those share a machine."""
_REFUSALS = ("Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED")

Knock = Callable[[str, float], str]
"""Host and seconds at most; what keeps the host from answering, empty when it does."""


def refused_key(message: str) -> bool:
    """Whether a host showed another key than the known one: nothing that time mends."""
    return any(refusal in message for refusal in _REFUSALS)


def alive(patience: int = 1) -> str:
    """Options, so that a host which dies in the middle is noticed in a quarter of a minute, or so many of them."""
    return f"-o BatchMode=yes -o ServerAliveInterval=5 -o ServerAliveCountMax={3 * patience}"


class Ssh:
    """Reaches hosts by one ssh configuration."""

    def __init__(self, config: Path, cancelled: threading.Event) -> None:
        self._config = config
        self._cancelled = cancelled
        self._turns = threading.BoundedSemaphore(_AT_A_TIME)

    def knock(self, host: str, seconds: float) -> str:
        """Wait until a host lets us in; what the last attempt said when it never did."""
        deadline = time.monotonic() + seconds
        while True:
            with self._turns:
                said = self._try(host)
            if not said or refused_key(said) or time.monotonic() + _PAUSE > deadline or self._cancelled.wait(_PAUSE):
                return said

    def _try(self, host: str) -> str:
        options = ("-o", "BatchMode=yes", "-o", f"ConnectTimeout={_CONNECT_SECONDS}", "-o", "ControlPath=none")
        try:
            done = subprocess.run(
                [SSH, "-F", str(self._config), *options, "-n", host, "true"],
                capture_output=True,
                text=True,
                errors="replace",
                # A guest may accept and then never say a word.
                timeout=3 * _CONNECT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "it accepts connections and says nothing"
        except OSError as error:
            return f"{SSH} cannot be run: {error.strerror}"
        if done.returncode == 0:
            return ""
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        telling = [line for line in lines if refused_key(line)] or lines
        return telling[-1] if telling else f"{SSH} ended with code {done.returncode}"


def end_connections(sockets: Path) -> None:
    """End the connections that are held open behind the sockets of a directory."""
    for socket in sockets.glob("*") if sockets.is_dir() else ():
        argv = [SSH, "-F", "none", "-o", f"ControlPath={socket}", "-O", "exit", "-q", "host"]
        try:
            subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=5, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
