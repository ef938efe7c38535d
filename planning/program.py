"""Runs one stack's program against the recording monitor, in this process."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pulumi
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import _callbacks, settings
from pulumi.runtime.proto import engine_pb2

from planning.configuration import ProgramConfiguration
from planning.errors import PlanningError, ProgramFailed
from planning.ledger import Ledger
from planning.monitor import RecordingMonitor
from planning.plan import Diagnostic, StackPlan
from planning.stack_references import StackReferences
from planning.values import FingerprintKey

ORGANIZATION = "organization"
"""What Pulumi calls the only organization of a self-managed backend."""
MASK = "[secret]"


@dataclass(frozen=True)
class Stack:
    """Which stack a program is run as."""

    name: str
    layer: str
    project: str
    root: Path
    """The checkout: source positions are told relative to it."""
    configuration: ProgramConfiguration
    part: str | None = None


@dataclass(frozen=True)
class Recorded:
    """What came of a run: the plan, and the outputs with their secrets for the stacks downstream."""

    plan: StackPlan
    outputs: struct_pb2.Struct = field(repr=False)


def record(
    run: Callable[[], object], stack: Stack, key: FingerprintKey, upstream: Mapping[str, struct_pb2.Struct]
) -> Recorded:
    """Run a program as a preview of an empty stack and return what it asked for; `PlanningError` when it fails.

    The SDK keeps its state in context variables, so runs do not see each other; modules the program imports stay
    imported, which is why `planning.worker` gives each stack a process of its own.
    """
    return contextvars.copy_context().run(_record, run, stack, key, upstream)


def _record(
    run: Callable[[], object], stack: Stack, key: FingerprintKey, upstream: Mapping[str, struct_pb2.Struct]
) -> Recorded:
    config = stack.configuration
    ledger = Ledger(stack.name, stack.project, stack.root)
    monitor = RecordingMonitor(
        ledger,
        key,
        StackReferences(stack.project, upstream),
        organization=ORGANIZATION,
        config=config.values,
        secret_keys=config.secret_keys,
    )
    log = _Log(masked=sorted(config.secret_texts, key=len, reverse=True))
    pulumi.runtime.set_all_config(dict(config.values), sorted(config.secret_keys))
    pulumi.runtime.configure(
        settings.Settings(
            project=stack.project,
            stack=stack.name,
            monitor=monitor.stub(),
            engine=log,
            dry_run=True,
            organization=ORGANIZATION,
            root_directory=str(stack.root),
        )
    )
    settings.ROOT.set(None)
    try:
        with _event_loop() as loop:
            loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: cast("None", run())))
    except (Exception, SystemExit) as error:
        raise monitor.failure or _failure(error, stack, log, monitor.unanswered) from None
    finally:
        monitor.close()
    if monitor.failure:
        raise monitor.failure
    plan = StackPlan(
        name=stack.name,
        layer=stack.layer,
        part=stack.part,
        environment=config.values.get(f"{stack.project}:environment"),
        resources=ledger.resources,
        outputs=monitor.stack_outputs,
        hooks=tuple(monitor.hooks),
        diagnostics=tuple(log.diagnostics),
    )
    return Recorded(plan, monitor.outputs)


@contextmanager
def _event_loop() -> Generator[asyncio.AbstractEventLoop]:
    # The SDK leaves futures unobserved when a program fails; asyncio would fill the screen with them.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = _PromptExecutor(max_workers=8)
    loop.set_default_executor(executor)
    try:
        yield loop
    finally:
        # The SDK stops every callback server it ever made, also those of loops that are gone by then.
        _callback_servers().clear()
        executor.shutdown(wait=False, cancel_futures=True)
        loop.close()
        asyncio.set_event_loop(None)


class _PromptExecutor(ThreadPoolExecutor):
    """Runs what the SDK would run in a thread at once, where it stands: the monitor never waits.

    Only a program with callbacks needs threads, for the monitor then waits for the program.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if _callback_servers():
            return super().submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # belongs to whoever awaits the future
            future.set_exception(error)
        return future


class _Log:
    """The engine's other half: takes what the program logs. Debug messages, which may hold secrets, are dropped."""

    def __init__(self, masked: Sequence[str]) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._masked = masked

    def mask(self, text: str) -> str:
        for secret in self._masked:
            text = text.replace(secret, MASK)
        return text

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:  # noqa: N802 - named by the protocol
        severity = engine_pb2.LogSeverity.Name(request.severity).lower()
        if severity != "debug" and not request.ephemeral:
            self.diagnostics.append(
                Diagnostic.model_validate(
                    {"severity": severity, "message": self.mask(request.message), "urn": request.urn or None}
                )
            )
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, request: engine_pb2.RequirePulumiVersionRequest) -> empty_pb2.Empty:  # noqa: ARG002, N802
        return empty_pb2.Empty()


def _callback_servers() -> list[Any]:
    """The SDK's own list: the setting of the same purpose is seen only by the task that made it."""
    return cast("list[Any]", _callbacks._CallbackServicer._servicers)  # pyright: ignore[reportPrivateUsage]


def _failure(error: BaseException, stack: Stack, log: _Log, unanswered: str | None) -> PlanningError:
    if isinstance(error, PlanningError):
        return error
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_within(frame.filename, stack.root)]
    where = f"{Path(own[-1].filename).relative_to(stack.root)}:{own[-1].lineno}" if own else None
    if isinstance(error, pulumi.RunError):  # says itself what is wrong, and never where in the program
        message, detail, where = str(error), None, None
    elif isinstance(error, SystemExit):
        message, detail = f"the program exited with status {error.code}", None
    else:
        remedy = getattr(error, "remedy", None)
        if unanswered and isinstance(error, AssertionError) and frames[-1] not in own:
            remedy = f"{unanswered} was called for its value, which nobody has offline: call its `_output` form."
        said = log.mask(str(error))
        message = said if remedy or isinstance(error, ValueError) else f"{type(error).__name__}: {said}"
        shown = own or list(frames)
        detail = log.mask("".join([*traceback.format_list(shown), *traceback.format_exception_only(error)]))
        return ProgramFailed(message, stack=stack.name, source=where, remedy=remedy, detail=detail)
    return ProgramFailed(log.mask(message), stack=stack.name, source=where, detail=detail)


def _is_within(filename: str, root: Path) -> bool:
    path = Path(filename)
    return path.is_relative_to(root) and not any(path.is_relative_to(place) for place in (sys.prefix, root / ".venv"))
