"""The process that plans: reads a job on stdin, answers one JSON line a stack on stdout.

Every stack's program runs in a fork of its own, so that no stack sees what another imported or set, while the cost of
importing the SDK is paid once. Stacks that do not wait for each other run side by side.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from google.protobuf import struct_pb2
from pydantic import BaseModel, ConfigDict, Field

from planning.configuration import ProgramConfiguration
from planning.errors import PlanningError, ProgramFailed
from planning.plan import StackPlan
from planning.program import Stack, record
from planning.values import FingerprintKey


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Program(_Message):
    """One stack to plan."""

    stack: str
    layer: str
    part: str | None = None
    upstream: tuple[str, ...] = ()
    """Stacks whose outputs it reads: planned before it."""
    config: dict[str, str] = Field(default={}, repr=False)
    secret_keys: tuple[str, ...] = ()
    secret_texts: tuple[str, ...] = Field(default=(), repr=False)


class Job(_Message):
    """Stacks of one program, in an order in which upstream comes first."""

    root: Path
    main: Path
    """The program: a file, or a folder with a `__main__.py`."""
    project: str
    fingerprint_key: str = Field(repr=False)
    """Hexadecimal."""
    preload: tuple[str, ...] = ()
    """Modules of installed packages worth loading once for all stacks."""
    parallel: int = 1
    seconds: int
    """Time limit for the whole job."""
    programs: tuple[Program, ...]


class Problem(_Message):
    """A `PlanningError` on its way to another process."""

    kind: str
    message: str
    remedy: str | None = None
    source: str | None = None
    detail: str | None = None


class Answer(_Message):
    """What came of one stack: a plan or a problem."""

    stack: str
    seconds: float
    plan: StackPlan | None = None
    problem: Problem | None = None


def main() -> None:
    """Plan the job on stdin."""
    job = Job.model_validate_json(sys.stdin.buffer.read())
    signal.alarm(job.seconds + 5)  # should whoever started us be gone, and its own limit with it
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.set_inheritable(answers.fileno(), False)
    os.dup2(2, 1)  # what a program prints is not an answer
    _load(job.preload)
    gc.disable()  # the SDK makes hundreds of thousands of live futures: collecting costs five times what it plans
    _run_all(job, answers)


def _load(modules: Sequence[str]) -> None:
    """Run these modules' code, and keep it compiled for the next time: what is planned may write no such files."""
    sys.dont_write_bytecode = False
    load_modules(modules)
    sys.dont_write_bytecode = True


def load_modules(names: Sequence[str]) -> None:
    """Run the code of modules, the SDKs' lazy ones included; one that is not there is left to whoever needs it."""
    for name in names:
        with contextlib.suppress(ImportError):
            # Any attribute does it but those that a lazy module has before its code has run.
            getattr(importlib.import_module(name), "__all__", None)


def _run_all(job: Job, answers: Any) -> None:
    waiting = list(job.programs)
    outputs: dict[str, str] = {}
    running: dict[str, _Child] = {}
    with selectors.DefaultSelector() as selector:
        while waiting or running:
            for program in list(waiting):
                if len(running) < job.parallel and all(name in outputs for name in program.upstream):
                    waiting.remove(program)
                    child = _Child.start(job, program, outputs)
                    running[program.stack] = child
                    selector.register(child.pipe, selectors.EVENT_READ, child)
            if not running:  # what is left waits for a stack that failed
                return
            for event, _ in selector.select():
                child: _Child = event.data
                if child.read():
                    continue
                selector.unregister(child.pipe)
                del running[child.stack]
                answer, raw = child.finish()
                if answer.plan is not None:
                    outputs[child.stack] = raw
                print(answer.model_dump_json(exclude_defaults=True), file=answers, flush=True)


class _Child:
    """One fork and the pipe it answers through."""

    def __init__(self, stack: str, pid: int, pipe: int) -> None:
        self.stack = stack
        self.pipe = pipe
        self._pid = pid
        self._received = bytearray()
        self._started = time.monotonic()

    @classmethod
    def start(cls, job: Job, program: Program, outputs: Mapping[str, str]) -> _Child:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writer)
            return cls(program.stack, pid, reader)
        status = 1
        try:
            os.close(reader)
            message = json.dumps(_plan(job, program, outputs)).encode()
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(message)
            status = 0
        finally:
            os._exit(status)  # nothing of the worker's own may run twice
        raise AssertionError("unreachable")

    def read(self) -> bool:
        """Take what the child has written; False once it has ended."""
        chunk = os.read(self.pipe, 1 << 20)
        self._received += chunk
        return bool(chunk)

    def finish(self) -> tuple[Answer, str]:
        """The child's answer, and its raw outputs for the stacks downstream."""
        os.close(self.pipe)
        _, status = os.waitpid(self._pid, 0)
        seconds = time.monotonic() - self._started
        try:
            said = json.loads(self._received)
            plan = StackPlan.model_validate_json(said["plan"]) if "plan" in said else None
            problem = Problem.model_validate(said["problem"]) if "problem" in said else None
            return Answer(stack=self.stack, seconds=seconds, plan=plan, problem=problem), said.get("outputs", "")
        except ValueError:
            code = os.waitstatus_to_exitcode(status)
            how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with status {code}"
            problem = Problem(kind=ProgramFailed.__name__, message=f"the program {how} before its plan was complete")
            return Answer(stack=self.stack, seconds=seconds, problem=problem), ""


def _plan(job: Job, program: Program, outputs: Mapping[str, str]) -> dict[str, Any]:
    upstream = {name: struct_pb2.Struct.FromString(base64.b64decode(raw)) for name, raw in outputs.items()}
    configuration = ProgramConfiguration(
        program.config, frozenset(program.secret_keys), frozenset(program.secret_texts)
    )
    stack = Stack(program.stack, program.layer, job.project, job.root, configuration, program.part)
    sys.argv = [str(job.main)]
    os.chdir(job.main if job.main.is_dir() else job.main.parent)
    try:
        recorded = record(
            lambda: runpy.run_path(str(job.main), run_name="__main__"),
            stack,
            FingerprintKey(bytes.fromhex(job.fingerprint_key)),
            upstream,
        )
    except PlanningError as error:
        problem = Problem(
            kind=type(error).__name__,
            message=error.message,
            remedy=error.remedy,
            source=error.source,
            detail=error.detail,
        )
        return {"problem": problem.model_dump()}
    return {
        "plan": recorded.plan.model_dump_json(exclude_defaults=True),
        "outputs": base64.b64encode(recorded.outputs.SerializeToString()).decode(),
    }


if __name__ == "__main__":
    main()
