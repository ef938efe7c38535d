"""A territory's stacks, taken up or down in their order, each recovered first and watched while it works."""

from __future__ import annotations

import signal
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from operations.console import Console
from operations.deployment.engine_events import EventTally, Failure, Outcome, StackReport
from operations.deployment.engine_process import EngineFailed, EngineProcesses
from operations.deployment.live import LiveStacks
from operations.deployment.schedule import reversed_graph, run_in_order
from operations.deployment.workspace import Workspace
from operations.errors import AnswerNo, Interrupted, MetroError

if TYPE_CHECKING:
    from policies.report import Report

Recover = Callable[[str], None]
"""Puts right what an interrupted run left of one stack, by name, before an engine works on it."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Changed:
    """What an `up` or a `down` came to."""

    stacks: list[StackReport]
    gate: Report | None = None
    """What the rules said before the first stack; None where none was asked."""


@dataclass(frozen=True)
class Deployment:
    """The stacks of one territory and what is needed to change them."""

    upstream: Mapping[str, Collection[str]]
    """Stack to the stacks it stands on."""
    workspace: Workspace
    processes: EngineProcesses
    recover: Recover
    console: Console
    parallel: int
    """Stacks worked on at the same time."""
    together: Collection[str] = ()
    """The stacks whose provider does best with all their resources at once."""
    await_ground: Callable[[str], None] = lambda _stack: None
    """Blocks until what a stack's resources are made on is there, before they are made or changed."""

    def up(
        self, stacks: Sequence[str], *, refresh: bool, targets: Mapping[str, Sequence[str]] | None = None
    ) -> list[StackReport]:
        """Bring stacks to what they declare; with `refresh`, drift is seen and mended.

        `targets` are, by stack, patterns of the only URNs to be touched.
        """

        def work(stack: str, tally: EventTally) -> None:
            self.await_ground(stack)
            only = (targets or {}).get(stack, ())
            together = stack in self.together
            self.workspace.up(stack, tally.take, refresh=refresh, targets=only, together=together)

        return self._run(stacks, self.upstream, work)

    def down(self, stacks: Sequence[str]) -> list[StackReport]:
        """Delete everything the stacks hold, those that others stand on last, and forget them."""

        def work(stack: str, tally: EventTally) -> None:
            # Nothing of what is asked together has to be looked at to be forgotten.
            self.workspace.destroy(stack, tally.take, refresh=stack not in self.together)
            self.workspace.remove(stack)

        return self._run(stacks, reversed_graph(self.upstream), work)

    def refresh(self, stacks: Sequence[str]) -> list[StackReport]:
        """Bring the state of stacks in line with the world, in any order."""

        def work(stack: str, tally: EventTally) -> None:
            self.workspace.refresh(stack, tally.take)

        return self._run(stacks, {}, work)

    def _run(
        self,
        stacks: Sequence[str],
        after: Mapping[str, Collection[str]],
        work: Callable[[str, EventTally], None],
    ) -> list[StackReport]:
        with LiveStacks(self.console) as display, orderly_stop(self.processes, self.console):
            results = run_in_order(
                stacks,
                after,
                work=lambda stack: self._one(stack, work, display),
                succeeded=lambda report: report.outcome is Outcome.SUCCEEDED,
                skip=self._skipped,
                parallel=self.parallel,
            )
        reports = list(results.values())
        if self.processes.stopping:
            raise Interrupted(
                "interrupted: every engine saved its state and released its lock", "run the same command to go on"
            )
        return reports

    def _one(self, stack: str, work: Callable[[str, EventTally], None], display: LiveStacks) -> StackReport:
        tally = EventTally(stack)
        display.begin(tally)
        try:
            self.recover(stack)
            work(stack, tally)
            report = tally.report(Outcome.SUCCEEDED)
        except EngineFailed as error:
            report = self._failed(tally, error)
        except Interrupted:
            report = tally.report(Outcome.CANCELLED)
        except MetroError as error:
            text = error.message + (f"\nremedy: {error.remedy}" if error.remedy else "")
            report = tally.report(Outcome.FAILED, (Failure(text),))
        display.end(tally, report)
        return report

    def _failed(self, tally: EventTally, error: EngineFailed) -> StackReport:
        if self.processes.stopping:
            return tally.report(Outcome.CANCELLED)
        if error.was_killed:
            return tally.report(Outcome.FAILED, (Failure("its engine was killed; the next run recovers what it did"),))
        return tally.report(Outcome.FAILED, () if tally.failures else (Failure(error.last_words),))

    def _skipped(self, stack: str) -> StackReport:
        return StackReport(stack, Outcome.CANCELLED if self.processes.stopping else Outcome.SKIPPED)


@contextmanager
def orderly_stop(processes: EngineProcesses, console: Console) -> Generator[None]:
    """While the body runs, ^C interrupts each engine once and lets it end; a second ^C kills them."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        if processes.stopping:
            console.warn("killing the engines; the next run recovers what they were doing")
            processes.kill()
        else:
            running = processes.interrupt()
            console.say(f"stopping: {running} engines finish the step they are at (^C again kills them)")

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def raise_for(reports: Sequence[StackReport]) -> None:
    """Turn failed stacks into the command's answer: no."""
    failed = [report for report in reports if report.outcome is not Outcome.SUCCEEDED]
    if failed:
        names = ", ".join(f"{report.name} ({report.outcome})" for report in failed)
        raise AnswerNo(
            f"not every stack came to its end: {names}",
            "correct what the errors above name and run the same command again: what was done stays done",
        )
