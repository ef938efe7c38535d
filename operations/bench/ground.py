"""A twin of its own for one run of a bench: fresh, under a temporary directory, gone afterwards whatever happens."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from operations.bench.memory import PeakMemory, tree_of
from operations.console import Console
from operations.deployment.engine_process import EngineFailed
from operations.deployment.project import PROJECT_NAME, Project
from operations.deployment.stack_configuration import StackConfiguration, apply_configuration
from operations.errors import AnswerNo
from operations.recovery.own_processes import end_all
from operations.territories import ChosenTerritory
from operations.worlds.session import TwinSession, open_session, start_world
from operations.yaml_files import write_mapping
from planning.urns import is_provider_type
from twin.errors import TwinError

END_S = 60.0
SAID = 3000
"""Characters of what a command said that are shown when it failed."""


@dataclass(frozen=True)
class OneStackProject(Project):
    """Beside the twin's own project, on the same backend: the one whose program deploys everything."""

    @property
    def directory(self) -> Path:
        """Holds a `Pulumi.yaml` of its own."""
        return self.state / "one-stack"


class Memory(NamedTuple):
    """Peaks in MiB."""

    up: int
    """Of the command with all it started."""
    daemon: int
    """Of the twin: daemon and simulators."""


@dataclass(frozen=True)
class Measured:
    """One timed command."""

    seconds: float
    memory: Memory | None = None
    """Of one that was weighed: looking costs a short command a part of its time."""
    finished: bool = True
    """Whether it came to its end, or was stopped because it had taken long enough."""


@dataclass(frozen=True)
class Ground:
    """One run's twin, its world started and empty."""

    territory: ChosenTerritory
    session: TwinSession
    configurations: Mapping[str, StackConfiguration]
    """By stack."""

    def ours(self, *arguments: str, weighed: bool = False) -> Measured:
        """Time `metro up` as a person runs it, from the command to its last word; ungated, as the anchor is."""
        command = ["up", "-t", self.territory.reference, "--tier", "api", "--no-gate", "--json", *arguments]
        argv = [sys.executable, "-P", "-m", "operations", *command]
        environment = {**os.environ, "METROPOLE_STATE": str(self.session.project.state)}
        with tempfile.TemporaryFile() as said:
            with self._measuring(weighed=weighed) as measured:
                process = subprocess.Popen(
                    argv, env=environment, stdout=subprocess.DEVNULL, stderr=said, process_group=0
                )
                try:
                    code = process.wait()
                finally:
                    _end(process)
            if code:
                said.seek(0)
                raise AnswerNo(f"metro up failed:\n{said.read().decode(errors='replace')[-SAID:]}")
        return measured[0]

    def prepare_anchor(self) -> None:
        """Make the one stack exist, told all that any of ours is told."""
        project = self._one_stack
        project.configuration.mkdir(parents=True, exist_ok=True)
        write_mapping(
            project.directory / "Pulumi.yaml",
            {
                "name": PROJECT_NAME,
                "main": str(Path(__file__).parent / "one_stack"),
                "stackConfigDir": project.configuration.name,
                "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}},
            },
        )
        told = list(self.configurations.values())
        wanted = StackConfiguration(
            stack=self.one_stack,
            # Which layer, the program says itself, one after the other.
            plain={key: value for each in reversed(told) for key, value in each.plain.items()},
            secret={key: value for each in told for key, value in each.secret.items()},
        )
        apply_configuration(project, self.session.workspace.command, wanted)

    def anchor(
        self, parallel: int, *arguments: str, stop_after_s: float | None = None, weighed: bool = False
    ) -> Measured:
        """Time `pulumi up` of the one stack; stopped after that long, nothing more can be done on this ground."""
        command = self.session.workspace.command
        argv = ["up", "--yes", "--skip-preview", "--suppress-outputs", "--color", "never"]
        argv += ["--stack", self.one_stack, "--parallel", str(parallel), *arguments]
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            self.session.processes.kill()

        timer = threading.Timer(stop_after_s, stop) if stop_after_s else None
        with self._measuring(weighed=weighed) as measured:
            try:
                if timer:
                    timer.start()
                command.run(argv, str(self._one_stack.directory), {})
            except EngineFailed as error:
                if not stopped.is_set():
                    raise AnswerNo(f"the one stack failed:\n{error.last_words[-SAID:]}") from error
            finally:
                if timer:
                    timer.cancel()
        return replace(measured[0], finished=not stopped.is_set())

    @property
    def one_stack(self) -> str:
        """The name of the stack that holds everything."""
        return f"{self.territory.model.name}-everything"

    def deployed(self, stacks: Iterable[str]) -> int:
        """How many resources that a provider manages these stacks' states hold."""
        count = 0
        for stack in stacks:
            state: Any = json.loads(self.session.project.state_file(stack).read_text(encoding="utf-8"))
            for resource in state["checkpoint"]["latest"]["resources"]:
                managed = resource.get("custom") and not resource.get("external")
                count += bool(managed and not is_provider_type(resource["type"]))
        return count

    @property
    def _one_stack(self) -> OneStackProject:
        return OneStackProject(self.session.project.state)

    @contextmanager
    def _measuring(self, *, weighed: bool) -> Generator[list[Measured]]:
        daemon = self.session.client.status().pid
        mine = os.getpid()

        def command() -> list[psutil.Process]:
            apart = {process.pid for process in tree_of(daemon)} | {mine}
            return [process for process in tree_of(mine) if process.pid not in apart]

        found: list[Measured] = []
        with ExitStack() as scales:
            up, twin = PeakMemory(command), PeakMemory(lambda: tree_of(daemon))
            if weighed:
                scales.enter_context(up)
                scales.enter_context(twin)
            begun = time.monotonic()
            yield found
            seconds = time.monotonic() - begun
        found.append(Measured(seconds, Memory(up.peak_mib, twin.peak_mib) if weighed else None))


@contextmanager
def fresh_ground(territory: ChosenTerritory, console: Console) -> Generator[Ground]:
    """A twin with the territory's world, empty, and its stacks, undeployed. Nothing of it is left afterwards."""
    state = Path(tempfile.mkdtemp(prefix="metropole-bench-"))
    session = None
    try:
        session = open_session(state, console)
        running = start_world(session, territory, console)
        yield Ground(territory, session, running.configurations)
    finally:
        _clear(state, session)


def _clear(state: Path, session: TwinSession | None) -> None:
    # A second ^C would leave everything running.
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        end_all(state)
        if session is not None:
            with suppress(TwinError):
                session.client.shutdown()
        shutil.rmtree(state, ignore_errors=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
