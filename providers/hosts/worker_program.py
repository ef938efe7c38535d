"""What runs on a worker: takes a job of ansible-runner from its standard input and tells what comes of it.

It is sent there anew for each run, so a worker holds none of our code; it needs ansible-runner and Ansible, and an ssh
that reaches the hosts. All it writes is in a directory in memory, where there is one, that goes with it. When whoever
sent the job is gone, which ends the standard input, so is everything that the job started.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import IO

_BECOME_SUBREAPER = 36
_KEEPALIVE_SECONDS = 5
PACKAGES = ("ansible-core", "ansible-runner")


def main() -> None:
    """Say what would run the job, take it, run it to its end."""
    # What libraries print is no event.
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # What outlives the process that started it is ours to end: connections, workers in sessions of their own.
    ctypes.CDLL(None).prctl(_BECOME_SUBREAPER, 1, 0, 0, 0)
    told.write(json.dumps({"ready": {package: version(package) for package in PACKAGES}}).encode() + b"\n")
    told.flush()
    length = int(sys.stdin.buffer.readline() or 0)
    job = sys.stdin.buffer.read(length)
    if not job or len(job) < length:
        return
    directory = Path(tempfile.mkdtemp(prefix="metropole-worker-", dir=os.environ.get("XDG_RUNTIME_DIR")))
    threading.Thread(target=_end_when_left, args=(directory,), daemon=True).start()
    try:
        _run(job, directory, told)
    finally:
        _end(directory)


def _run(job: bytes, directory: Path, told: IO[bytes]) -> None:
    from ansible_runner.streaming import Worker  # noqa: PLC0415 - what would run the job is said before it is loaded

    class EventsOnly(Worker):
        """Sends no files."""

        def artifacts_handler(self, artifact_dir: str) -> None:
            """Keep them: whoever unpacks files that a worker sends has to trust it."""

    os.environ |= {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
        "LC_ALL": "C.UTF-8",  # Ansible refuses every other encoding
        "ANSIBLE_CONFIG": str(directory / "project" / "ansible.cfg"),
        "ANSIBLE_HOME": str(directory / "home"),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(directory / "cp"),
    }
    EventsOnly(
        _input=io.BytesIO(job),
        _output=told,
        private_data_dir=str(directory),
        keepalive_seconds=_KEEPALIVE_SECONDS,
    ).run()


def _end_when_left(directory: Path) -> None:
    while os.read(0, 4096):
        continue
    _end(directory)
    os._exit(1)


def _end(directory: Path) -> None:
    """Kill all that was started here, and remove what it wrote."""
    while children := _children():
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            except (ProcessLookupError, ChildProcessError):  # somebody else waited for it
                continue
        time.sleep(0.01)  # for the kernel to hand us its children
    shutil.rmtree(directory, ignore_errors=True)


def _children() -> list[int]:
    me = str(os.getpid())
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            _, _, stat = (process / "stat").read_text(errors="replace").rpartition(") ")
        except OSError:  # it has just ended
            continue
        state, parent = stat.split()[:2]
        if parent == me and state != "Z":
            found.append(int(process.name))
    return found


if __name__ == "__main__":
    main()
