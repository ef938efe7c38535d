"""Engine processes: started in a process group of their own, known by a mark, and stopped in order.

A terminal sends ^C to every process of its foreground group at once, and an engine that is interrupted twice gives up
its state. So engines live outside that group and are interrupted once, by us.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import CommandError
from semver import VersionInfo

from operations.errors import Interrupted

RUN_VARIABLE = "METROPOLE_RUN"
"""Set for every engine and so for all it starts: tells our processes from all others. See `own_processes.RunId`."""


class EngineFailed(CommandError):  # noqa: N818 - what happened, in one word more than Error
    """An engine command ended with another code than 0; `result` holds its words."""

    def __init__(self, result: CommandResult) -> None:
        super().__init__(result)
        self.result = result

    @property
    def was_killed(self) -> bool:
        """Whether a signal ended it before it could say anything."""
        return self.result.code < 0

    @property
    def last_words(self) -> str:
        """What it said when it gave up, without the Automation API's frame."""
        text = self.result.stderr.strip() or self.result.stdout.strip()
        return text.removeprefix("error: ") or f"the engine ended with code {self.result.code}"


OnOutput = Callable[[str], Any]


class EngineProcesses:
    """The engines of one run that are alive now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._alive: set[subprocess.Popen[str]] = set()
        self._stopping = False

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to stop: nothing new may start."""
        return self._stopping

    def start(self, argv: list[str], **settings: Any) -> subprocess.Popen[str]:
        """Start one engine; raises `Interrupted` once the run is stopping."""
        with self._lock:
            if self._stopping:
                raise Interrupted("interrupted: the engine was not started")
            process = subprocess.Popen(argv, process_group=0, text=True, encoding="utf-8", **settings)
            self._alive.add(process)
            return process

    def ended(self, process: subprocess.Popen[str]) -> None:
        """Forget a process that was waited for."""
        with self._lock:
            self._alive.discard(process)

    def interrupt(self) -> int:
        """Ask every engine, once, to finish the step it is at, save its state and stop; how many were asked."""
        with self._lock:
            first = not self._stopping
            self._stopping = True
            running = [process for process in self._alive if process.poll() is None]
        if first:
            for process in running:
                process.send_signal(signal.SIGINT)
        return len(running)

    def kill(self) -> None:
        """End every engine at once; the next run recovers what they were doing."""
        with self._lock:
            self._stopping = True
            running = list(self._alive)
        for process in running:
            process.kill()


class EngineCommand(PulumiCommand):
    """The engine's command line as the Automation API drives it, with an environment that holds nothing unasked for."""

    def __init__(self, pulumi: Path, version: str, environment: Mapping[str, str], processes: EngineProcesses) -> None:
        # The version is known: the parent's constructor would start the engine once more to ask for it.
        self.command = str(pulumi)
        self.version = VersionInfo.parse(version)
        self._environment = dict(environment)
        self._processes = processes

    def tell(self, variable: str, value: str) -> None:
        """Have every engine started from now on find this in its environment; no place for a secret."""
        self._environment[variable] = value

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run one engine command to its end; raises `EngineFailed`."""
        return self.run_with_input(args, cwd, additional_env, None, on_output, on_error)

    def run_with_input(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        standard_input: str | None = None,
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """As `run`, with text for standard input: the way for a secret, which no argument list may hold."""
        path = os.pathsep.join([str(Path(self.command).parent), self._environment.get("PATH", os.defpath)])
        environment = {**self._environment, **additional_env, "PULUMI_AUTOMATION_API": "true", "PATH": path}
        process = self._processes.start(
            [self.command, "--non-interactive", *args],
            stdin=subprocess.PIPE if standard_input is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=environment,
        )
        try:
            output, errors = _exchange(process, standard_input, on_output, on_error)
        finally:
            self._processes.ended(process)
        result = CommandResult(stdout=output, stderr=errors, code=process.returncode)
        if process.returncode != 0:
            raise EngineFailed(result)
        return result


def _exchange(
    process: subprocess.Popen[str],
    standard_input: str | None,
    on_output: OnOutput | None,
    on_error: OnOutput | None,
) -> tuple[str, str]:
    if process.stdin is not None:
        process.stdin.write(standard_input or "")
        process.stdin.close()
    streams = ((process.stdout, on_output), (process.stderr, on_error))
    kept: list[list[str]] = [[], []]
    readers = [
        threading.Thread(target=_read_lines, args=(stream, callback, lines), daemon=True)
        for (stream, callback), lines in zip(streams, kept, strict=True)
    ]
    for reader in readers:
        reader.start()
    process.wait()
    for reader in readers:
        # A killed engine's orphans may hold its pipes open; its own words are all there by then.
        reader.join(timeout=5)
    return "\n".join(kept[0]), "\n".join(kept[1])


def _read_lines(stream: IO[str] | None, callback: OnOutput | None, kept: list[str]) -> None:
    if stream is None:
        return
    with stream:
        for line in stream:
            stripped = line.rstrip()
            if callback:
                callback(stripped)
            kept.append(stripped)
