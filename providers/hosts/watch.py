"""Listens to a process that tells events, and ends it with all it started when its time is over."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import IO, Any

import psutil

_LOOK_SECONDS = 0.2


class Watch:
    """One process of ours: takes its job as JSON on the standard input, tells each event as a line of JSON."""

    def __init__(
        self,
        module: str,
        job: Mapping[str, Any],
        environment: Mapping[str, str],
        log: IO[str],
        deadline: float,
        cancelled: threading.Event,
    ) -> None:
        self._deadline = deadline
        self._cancelled = cancelled
        self.ended = False
        """Whether it was ended before its end."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        # Not as an argument: inventories are nobody's business who lists processes.
        with suppress(BrokenPipeError):  # it then says in the log why it ended
            stdin = self._process.stdin
            assert stdin is not None  # noqa: S101 - it was asked for
            stdin.write(json.dumps(job))
            stdin.close()

    def events(self) -> Iterator[dict[str, Any]]:
        """What it tells, until it is over."""
        watching = threading.Thread(target=self._end_in_time, daemon=True)
        watching.start()
        with self._process:
            for line in self._process.stdout or ():
                if line.endswith("\n"):  # the last word of one that was ended may be half
                    yield json.loads(line)
        watching.join()

    def end(self) -> None:
        """End it, and all it started."""
        self.ended = True
        kill_tree(self._process.pid)

    def _end_in_time(self) -> None:
        while self._process.poll() is None:
            if self._cancelled.wait(_LOOK_SECONDS) or time.monotonic() > self._deadline:
                self.end()
                return


def kill_tree(pid: int) -> None:
    """Kill a process and all it started: Ansible's workers live in sessions of their own."""
    try:
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in tree:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
