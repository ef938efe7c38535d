"""Runs a long external command: its last words become progress, and it never outlives us."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from operations.console import Progress

_KEPT_LINES = 40
_GRACE_S = 5


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    tail: str
    """Its last lines, both streams."""


def run_long(
    argv: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    progress: Progress,
    describe: Callable[[str], str],
) -> Finished:
    """Run a command to its end; `describe` turns its newest line into the sentence shown, at least once a second.

    It gets a process group of its own, which is ended with whatever ends us: ^C, an exception, and where the machine
    has setpriv (util-linux) also a kill.
    """
    setpriv = shutil.which("setpriv")
    process = subprocess.Popen(
        [*([setpriv, "--pdeathsig", "TERM"] if setpriv else []), *argv],
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    lines: deque[str] = deque(maxlen=_KEPT_LINES)
    newest = [""]

    def read() -> None:
        for line in process.stdout or ():
            text = line.rstrip()
            lines.append(text)
            newest[0] = describe(text)

    reader = threading.Thread(target=read, name="command-output", daemon=True)
    reader.start()
    begun = time.monotonic()
    try:
        while (code := _wait(process)) is None:
            elapsed = time.monotonic() - begun
            progress(f"{newest[0]} ({elapsed:.0f} s)" if newest[0] else f"{elapsed:.0f} s")
        reader.join(timeout=_GRACE_S)
    finally:
        _end(process)
    return Finished(code, "\n".join(lines))


def _wait(process: subprocess.Popen[str]) -> int | None:
    try:
        return process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return None


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        os.killpg(process.pid, number)
        try:
            process.wait(timeout=_GRACE_S)
            break
        except subprocess.TimeoutExpired:
            continue
