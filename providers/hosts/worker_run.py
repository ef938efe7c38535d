"""Runs ansible-runner on a worker, apart: sends it the job over ssh and tells each event that comes back as a line.

Takes a `WorkerJob` as JSON on the standard input. The last line says how it ended, as an event `WORKER_ENDED`.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, cast

from ansible_runner.interface import run

from playbooks.digest import deciding_files
from providers.hosts import worker_program
from providers.hosts.run_process import tell
from providers.hosts.ssh import SSH, alive
from providers.hosts.worker_job import AUTHORITY, WORKER_ENDED, WorkerJob

PYTHON = "/opt/metropole-worker/bin/python"
"""On a worker, the Python that has ansible-core and ansible-runner."""

_PROGRAM = "import sys; told = sys.stdin.buffer; exec(compile(told.read(int(told.readline())), 'worker', 'exec'))"
_READY_SECONDS = 30.0
_SILENT_SECONDS = 30.0
"""A worker that lives says so every five."""
_END_SECONDS = 10.0
_LONGEST_LINE = 16 * 1024 * 1024
_LONGEST_WORD = 200
_LAST_WORDS = 16 * 1024


class WorkerError(Exception):
    """The worker cannot be used, or not any more; the message continues a sentence about it."""


def main() -> None:
    """Run what is asked for, to its end."""
    job: WorkerJob = json.load(sys.stdin)
    begun, problem = False, ""
    try:
        with _connection(job) as (send, told):
            _send(send, Path(worker_program.__file__).read_bytes())
            _expect_same_versions(told.line(_READY_SECONDS))
            stream = _packed(job)
            begun = True
            _send(send, stream)
            run(streamer="process", _input=told, event_handler=tell, quiet=True, private_data_dir=_inbox(job))
            if told.problem:
                raise WorkerError(told.problem)
    except WorkerError as lost:
        problem = str(lost)
    tell({"event": WORKER_ENDED, "begun": begun, "problem": problem})


class Told:
    """What a worker tells, line by line, as ansible-runner reads it: events and nothing else."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._read = b""
        self.problem = ""
        """Why there are no more lines, when the worker did not say that it is done."""

    def readline(self) -> bytes:
        """The next line; empty when there is none that can be used."""
        try:
            line = self.line(_SILENT_SECONDS)
            event = _object(line)
            # ansible-runner would unpack files wherever they say they belong.
            if "zipfile" in event or event.get("event") == WORKER_ENDED:
                raise WorkerError(_strange(line))
        except WorkerError as lost:
            self.problem = str(lost)
            return b""
        return line

    def line(self, seconds: float) -> bytes:
        """The next line, whatever it says. Raises `WorkerError` when none comes in time."""
        while b"\n" not in self._read:
            if len(self._read) > _LONGEST_LINE:
                raise WorkerError("answers without an end")
            if not select.select([self._descriptor], [], [], seconds)[0]:
                raise WorkerError(f"said nothing for {seconds:g} s")
            more = os.read(self._descriptor, 1 << 16)
            if not more:
                raise WorkerError("broke off")
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line + b"\n"


@contextmanager
def _connection(job: WorkerJob) -> Generator[tuple[IO[bytes], Told]]:
    """The program on the worker: what it reads, what it tells. `WorkerError` gets ssh's last word where it has one."""
    options = ("-T", *shlex.split(alive()), "-o", "ControlPath=none", "-o", "LogLevel=ERROR")
    command = shlex.join([PYTHON, "-I", "-c", _PROGRAM])
    argv = [SSH, "-F", job["ssh_config"], *options, job["worker"], command]
    with tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)
        assert process.stdin is not None  # noqa: S101 - it was asked for
        assert process.stdout is not None  # noqa: S101
        try:
            yield process.stdin, Told(process.stdout.fileno())
        except WorkerError as lost:
            last = _end(process, stderr)
            raise WorkerError(f"{lost}: {last}" if last else str(lost)) from lost
        else:
            _end(process, stderr)


def _end(process: subprocess.Popen[bytes], stderr: IO[bytes]) -> str:
    """End the connection, and with it what the worker does; what was said last on the other stream."""
    assert process.stdin is not None  # noqa: S101 - it was asked for
    with suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    stderr.seek(max(0, stderr.seek(0, os.SEEK_END) - _LAST_WORDS))
    text = stderr.read().decode(errors="replace")
    sys.stderr.write(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:_LONGEST_WORD] if lines else ""


def _send(to: IO[bytes], what: bytes) -> None:
    try:
        to.write(f"{len(what)}\n".encode() + what)
        to.flush()
    except BrokenPipeError:
        raise WorkerError("broke off") from None


def _expect_same_versions(line: bytes) -> None:
    """Raise `WorkerError` unless the worker has the Ansible that is here."""
    ready = _object(line).get("ready")
    if not isinstance(ready, dict):
        raise WorkerError(_strange(line))
    found = cast("dict[str, object]", ready)
    for package in worker_program.PACKAGES:
        expected = version(package)
        if found.get(package) != expected:
            raise WorkerError(f"has {package} {found.get(package)}, expected {expected}")


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(line)
    except ValueError:
        raise WorkerError(_strange(line)) from None
    if not isinstance(read, dict):
        raise WorkerError(_strange(line))
    return cast("dict[str, Any]", read)


def _strange(line: bytes) -> str:
    return f"says {line[:_LONGEST_WORD].decode(errors='replace').strip()!r}, which is no event"


def _packed(job: WorkerJob) -> bytes:
    try:
        return packed(job)
    except OSError as error:
        raise WorkerError(f"cannot be sent the job: {error}") from error


def packed(job: WorkerJob) -> bytes:
    """The job as ansible-runner sends it, with the playbooks."""
    directory = Path(job["run"]["private_data_dir"])
    playbooks = Path(job["playbooks"])
    for file in deciding_files(playbooks):
        copy = directory / "project" / file.relative_to(playbooks)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    if job["authority"]:
        shutil.copy(job["authority"], directory / AUTHORITY)
    with tempfile.TemporaryFile() as stream:
        run(streamer="transmit", _output=stream, **job["run"])
        stream.seek(0)
        return stream.read()


def _inbox(job: WorkerJob) -> str:
    """A directory for what comes back: none of what was sent."""
    return tempfile.mkdtemp(dir=job["run"]["private_data_dir"])


if __name__ == "__main__":
    main()
