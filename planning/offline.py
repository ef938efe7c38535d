"""The offline plan: every stack of a territory, planned from its program alone. No engine, no credentials."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from pydantic import ValidationError

from planning import errors
from planning.configuration import program_configuration
from planning.errors import PlanningError, ProgramFailed, ProgramTimedOut
from planning.plan import Plan, StackPlan
from planning.values import FingerprintKey
from planning.worker import Answer, Job, Problem, Program

PROJECT = "metropole"
CHECKOUT = Path(__file__).resolve().parents[1]
PLANNING_VARIABLE = "METROPOLE_PLANNING"
"""Tells a program that it is being planned: whoever plans it judges it, so it asks no gate."""
_KEPT = ("PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")
"""All a program sees of the environment: no cloud's, no vCenter's, no Pulumi's and no ssh agent's variable is among."""

_AWS_SERVICES = "backup cloudtrail cloudwatch dynamodb ec2 guardduty iam iot kms route53 s3 sqs vpc"
SDK_MODULES: Final = ("pulumi_vsphere", *(f"pulumi_aws.{service}" for service in _AWS_SERVICES.split()))
"""What a territory's programs use of the SDKs: loaded once for all of them, which is most of a plan's time."""


@dataclass(frozen=True)
class StackProgram:
    """One stack to plan: its configuration as in `Pulumi.<stack>.yaml`, and the stacks whose outputs it reads."""

    stack: str
    layer: str
    configuration: Mapping[str, object]
    upstream: tuple[str, ...] = ()
    part: str | None = None


def plan_territory(
    territory_name_or_path: str,
    configuration: Mapping[str, Mapping[str, object]],
    stacks: Sequence[str] | None = None,
    *,
    key: FingerprintKey | None = None,
    seconds: int = 120,
    progress: Callable[[StackPlan], None] | None = None,
) -> Plan:
    """Plan a territory's stacks, or those named in `stacks` together with what they read from.

    `configuration` is by stack name, as in `Pulumi.<stack>.yaml`; a value under `secure` is a secret. `progress` hears
    of each stack as it is done. Raises `TerritoryError` for a territory that does not hold together and
    `PlanningError` for a program that does not.
    """
    from stacks.layers import stacks_of  # noqa: PLC0415 - the schema above is of use where no stack is
    from territory.loader import load_territory  # noqa: PLC0415

    territory = load_territory(territory_name_or_path)
    programs = [
        StackProgram(stack.name, stack.layer, configuration.get(stack.name, {}), stack.upstream, stack.part)
        for stack in stacks_of(territory)
    ]
    chosen = _with_upstream(programs, stacks)
    return plan_programs(
        CHECKOUT / "stacks", chosen, territory=territory.name, key=key, seconds=seconds, progress=progress,
        preload=SDK_MODULES,
    )  # fmt: skip


def plan_programs(
    main: Path,
    programs: Sequence[StackProgram],
    *,
    territory: str,
    root: Path = CHECKOUT,
    key: FingerprintKey | None = None,
    seconds: int = 120,
    progress: Callable[[StackPlan], None] | None = None,
    preload: Sequence[str] = (),
) -> Plan:
    """Plan any Pulumi program (`main`, a file or a folder) as these stacks, upstream first.

    It runs in processes of its own, with an empty home and without the caller's environment: a program that reaches
    for credentials finds none. That is a rail against accidents, not a sandbox: it runs as the caller.
    """
    key = key or FingerprintKey()
    translated = [(program, program_configuration(program.configuration, PROJECT)) for program in programs]
    job = Job(
        root=root,
        main=main,
        project=PROJECT,
        fingerprint_key=key.hex(),
        preload=tuple(preload),
        parallel=max(1, os.cpu_count() or 1),
        seconds=seconds,
        programs=tuple(
            Program(
                stack=program.stack,
                layer=program.layer,
                part=program.part,
                upstream=program.upstream,
                config=dict(config.values),
                secret_keys=tuple(sorted(config.secret_keys)),
                secret_texts=tuple(sorted(config.secret_texts)),
            )
            for program, config in translated
        ),
    )
    plans: dict[str, StackPlan] = {}

    def take(answer: Answer) -> None:
        if answer.problem is not None:
            raise _error(answer.stack, answer.problem)
        if answer.plan is None or answer.plan.name != answer.stack:
            raise ProgramFailed("the program answered with something that is no plan of it", stack=answer.stack)
        plans[answer.stack] = answer.plan
        if progress:
            progress(answer.plan)

    secret_texts = frozenset[str]().union(*(config.secret_texts for _, config in translated))
    _run_worker(job, take, secret_texts)
    missing = [program.stack for program in programs if program.stack not in plans]
    if missing:
        raise ProgramFailed("the program ended before its plan was complete", stack=missing[0])
    return Plan(
        schema_version=1,
        territory=territory,
        fingerprint_key=key.id,
        stacks=tuple(plans[program.stack] for program in programs),
    )


def _run_worker(job: Job, take: Callable[[Answer], None], secret_texts: frozenset[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="metropole-plan-") as home, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "planning.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=planning_environment(Path(home)),
            cwd=home,
            start_new_session=True,  # ^C comes to us alone, and one signal ends the worker with all its forks
        )
        timed_out = threading.Event()
        timer = threading.Timer(job.seconds, lambda: (timed_out.set(), _kill(process)))
        timer.daemon = True
        timer.start()
        try:
            assert process.stdin is not None  # noqa: S101 - both are pipes, see above
            assert process.stdout is not None  # noqa: S101
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(job.model_dump_json().encode())
                process.stdin.close()
            _take_answers(process.stdout, take)
            code = process.wait()
        finally:
            timer.cancel()
            _kill(process)
            process.wait()
        if timed_out.is_set():
            raise ProgramTimedOut(
                f"the program was still running after {job.seconds} s",
                stack=", ".join(program.stack for program in job.programs),
                remedy="Look for a loop, or for something that waits: a plan needs no network.",
            )
        if code != 0:
            complaints.seek(0)
            said = complaints.read()[-4000:].decode(errors="replace")
            for text in secret_texts:
                said = said.replace(text, "[secret]")
            raise ProgramFailed(f"the planning process ended with status {code}", detail=said)


def _take_answers(pipe: IO[bytes], take: Callable[[Answer], None]) -> None:
    for line in pipe:
        try:
            answer = Answer.model_validate_json(line)
        except ValidationError as error:
            raise ProgramFailed("the program wrote into its own plan", detail=str(error)) from None
        take(answer)


def planning_environment(home: Path) -> dict[str, str]:
    """All a planned program sees of the environment."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "HOME": str(home),
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONHASHSEED": "0",  # the order of sets decides the order of registration
        "PYTHONDONTWRITEBYTECODE": "1",
        PLANNING_VARIABLE: "1",
        "PULUMI_ERROR_OUTPUT_STRING": "1",  # an Output formatted into a string fails instead of passing for one
    }


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _with_upstream(programs: Sequence[StackProgram], stacks: Sequence[str] | None) -> list[StackProgram]:
    if stacks is None:
        return list(programs)
    by_name = {program.stack: program for program in programs}
    wanted = list(stacks)
    for name in wanted:
        if name not in by_name:
            raise PlanningError(
                f"there is no stack '{name}'", remedy=f"The stacks of this territory: {', '.join(by_name)}."
            )
        wanted.extend(upstream for upstream in by_name[name].upstream if upstream not in wanted)
    return [program for program in programs if program.stack in wanted]


def _error(stack: str, problem: Problem) -> PlanningError:
    kind = getattr(errors, problem.kind, ProgramFailed)
    return kind(problem.message, remedy=problem.remedy, stack=stack, source=problem.source, detail=problem.detail)
