"""The process that is timed: plans stacks one after the other, each in a fork, and says how long each took.

Reads a `Job` on stdin, answers with a `Report` on stdout. What has to be imported is imported before any clock starts.
"""

from __future__ import annotations

import base64
import cProfile
import gc
import importlib.util
import os
import pstats
import runpy
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from google.protobuf import struct_pb2
from pydantic import BaseModel, ConfigDict, Field

from operations.bench.flat_program import MODULE
from operations.bench.profile import by_package
from planning.configuration import ProgramConfiguration
from planning.plan import StackPlan
from planning.program import Stack, record
from planning.values import FingerprintKey
from planning.worker import Program, load_modules


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Job(_Message):
    """Stacks to plan, upstream first."""

    root: Path
    """The checkout."""
    project: str
    fingerprint_key: str = Field(repr=False)
    """Hexadecimal."""
    programs: tuple[Program, ...]
    flat: Path | None = None
    """A folder with one flat program a stack, to be planned instead of ours."""
    modules: tuple[str, ...] = ()
    """What the programs import, from an earlier report."""
    outputs: dict[str, str] = Field(default={}, repr=False)
    """What stacks hand on, from an earlier report."""
    with_plans: bool = False
    """Also answer with the plans, and what was imported for them: of no use to who times."""
    profiled: bool = False
    """Also answer with where the time went; it then takes several times as long."""


class Timing(_Message):
    """One stack, planned once."""

    stack: str
    seconds: float
    """From before its program's first line until its plan is complete."""
    cpu_seconds: float
    """Of this process alone: what of it was computing."""
    resources: int
    """Managed by a provider."""
    plan: StackPlan | None = None
    outputs: str | None = Field(default=None, repr=False)
    modules: tuple[str, ...] = ()
    by_package: dict[str, float] = {}
    """Profiled: package to seconds spent in its own lines."""


class Report(_Message):
    """All stacks of one job."""

    timings: tuple[Timing, ...]

    @property
    def seconds(self) -> float:
        """All stacks, one after the other."""
        return sum(timing.seconds for timing in self.timings)

    @property
    def cpu_seconds(self) -> float:
        """The same, of the processor."""
        return sum(timing.cpu_seconds for timing in self.timings)

    @property
    def resources(self) -> int:
        """Managed by a provider, of all stacks."""
        return sum(timing.resources for timing in self.timings)


def main() -> None:
    """Plan the job on stdin."""
    job = Job.model_validate_json(sys.stdin.buffer.read())
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a program prints is not an answer
    load_modules(job.modules)
    gc.disable()  # as in `planning.worker`
    outputs = dict(job.outputs)
    timings: list[Timing] = []
    for program in job.programs:
        timing = Timing.model_validate_json(_in_a_fork(lambda program=program: _timed(job, program, outputs)))
        if timing.outputs is not None:
            outputs.setdefault(program.stack, timing.outputs)
        timings.append(timing)
    answer.write(Report(timings=tuple(timings)).model_dump_json(exclude_defaults=True))
    answer.close()


def _timed(job: Job, program: Program, outputs: dict[str, str]) -> str:
    upstream = {name: struct_pb2.Struct.FromString(base64.b64decode(raw)) for name, raw in outputs.items()}
    configuration = ProgramConfiguration(
        program.config, frozenset(program.secret_keys), frozenset(program.secret_texts)
    )
    run, root = _ours(job) if job.flat is None else _flat(job.flat, program.stack)
    stack = Stack(program.stack, program.layer, job.project, root, configuration, program.part)
    key = FingerprintKey(bytes.fromhex(job.fingerprint_key))
    profiler = cProfile.Profile() if job.profiled else None
    begun, computing = time.perf_counter(), time.process_time()
    if profiler:
        profiler.enable()
    recorded = record(run, stack, key, upstream)
    if profiler:
        profiler.disable()
    timing = Timing(
        stack=program.stack,
        seconds=time.perf_counter() - begun,
        cpu_seconds=time.process_time() - computing,
        resources=len(recorded.plan.deployable),
        plan=recorded.plan if job.with_plans else None,
        outputs=base64.b64encode(recorded.outputs.SerializeToString()).decode() if job.with_plans else None,
        modules=tuple(_loaded()) if job.with_plans else (),
        by_package=by_package(pstats.Stats(profiler)) if profiler else {},
    )
    return timing.model_dump_json(exclude_defaults=True)


def _ours(job: Job) -> tuple[Callable[[], object], Path]:
    main_program = job.root / "stacks"
    os.chdir(main_program)
    return _as_main(main_program), job.root


def _flat(folder: Path, stack: str) -> tuple[Callable[[], object], Path]:
    spec = importlib.util.spec_from_file_location(MODULE, folder / f"{stack}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / f"{stack}.py")
    sys.modules[MODULE] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return _as_main(Path(__file__).with_name("flat_main.py")), folder


def _as_main(program: Path) -> Callable[[], object]:
    """The way the language host runs a program: the SDK walks the whole call stack for each resource it registers."""
    sys.argv = [str(program)]
    return lambda: runpy.run_path(str(program), run_name="__main__")


def _in_a_fork(work: Callable[[], str]) -> str:
    """What `work` says in a process of its own: the SDK keeps its state in the one it runs in."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.close(reader)
            with os.fdopen(writer, "w", encoding="utf-8") as pipe:
                pipe.write(work())
            status = 0
        except BaseException:
            import traceback  # noqa: PLC0415 - only when all is lost anyway

            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise SystemExit(1)
    return said


def _loaded() -> Iterator[str]:
    """Modules whose code has run; the SDKs register many that nobody asked for yet."""
    for name, module in list(sys.modules.items()):
        if object.__getattribute__(module, "__class__") is ModuleType and name != "__main__":
            yield name


if __name__ == "__main__":
    main()
