"""The gate around a `metro up`: once before the first stack, by every program through one socket, and once after."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from operations.console import Console
from operations.deployment.engine_events import Failure, Outcome, StackReport
from operations.deployment.workspace import Workspace
from operations.errors import AnswerNo
from operations.gate.report_view import closing_line, finding_lines, say_report, summary
from operations.guard.gatekeeper import Gatekeeper
from operations.guard.listening import GuardSocket
from operations.guard.settings import shared_settings, written_settings
from operations.planning_failure import planning_failed
from operations.territories import ChosenTerritory
from planning import wire
from planning.errors import PlanningError
from policies.answers import Answer
from policies.report import Report
from stacks.guard import SOCKET_VARIABLE

Export = Callable[[str], Mapping[str, Any] | None]
"""A stack's deployment, by name; None when nothing was ever deployed."""


@dataclass(frozen=True)
class Gated:
    """The gate of one run, open."""

    keeper: Gatekeeper
    report: Report
    """What it found before the first stack."""
    console: Console

    def after(self, reports: Iterable[StackReport], export: Export) -> list[StackReport]:
        """Ask of every stack that is up what only its computed values can tell; what fails there fails its turn."""
        return [self._settled(report, export) for report in reports]

    def _settled(self, report: StackReport, export: Export) -> StackReport:
        judged = self.keeper.begun.get(report.name)
        if report.outcome is not Outcome.SUCCEEDED or judged is None or not judged.undetermined(report.name):
            return report
        resources: list[Mapping[str, Any]] = (export(report.name) or {}).get("resources") or []
        settled = judged.settle(report.name, {each["urn"]: _held(each) for each in resources}, door="deployed")
        for finding in settled.of(Answer.UNDETERMINED):
            for line in finding_lines(finding, "is still undetermined"):
                self.console.say(line)
        broken = ["\n".join(finding_lines(finding, "fails")) for finding in settled.findings if finding.blocks]
        for text in broken:
            self.console.say(text)
        if not broken:
            return report
        failures = (*report.failures, *map(Failure, broken))
        return replace(report, outcome=Outcome.FAILED, failures=failures)


@contextmanager
def gated(territory: ChosenTerritory, workspace: Workspace, state: Path, console: Console) -> Generator[Gated]:
    """Plan and judge a territory, then let every program of the body ask here. `AnswerNo` where the gate is closed."""
    begun = time.monotonic()
    keeper = Gatekeeper(state)
    shared = shared_settings(territory, workspace.directory)
    settings = written_settings(territory, workspace.directory, shared)
    try:
        with console.step("Planning and judging") as progress:
            judged = keeper.judged(territory, settings, lambda stack: progress(stack.name))
    except PlanningError as error:
        raise planning_failed(error) from error
    seconds = f"{time.monotonic() - begun:.1f} s"
    if judged.is_closed:
        say_report(console, judged.report)
        raise AnswerNo(
            closing_line(judged.report),
            "mend what fails, or have it waived in policies/waivers.yaml",
            {"gate": summary(judged.report)},
        )
    console.say(f"{closing_line(judged.report)}, in {seconds}")
    with GuardSocket(keeper, f"metro-{os.getpid()}") as guard:
        workspace.command.tell(SOCKET_VARIABLE, str(guard.path))
        yield Gated(keeper, judged.report, console)


def _held(resource: Mapping[str, Any]) -> dict[str, wire.Wire]:
    """All that a state knows of a resource, inputs before computed values, secrets without theirs."""
    known = {**(resource.get("outputs") or {}), **(resource.get("inputs") or {})}
    return {key: _unsealed(value) for key, value in known.items()}


def _unsealed(value: wire.Wire) -> wire.Wire:
    if wire.signature(value) == wire.SECRET:
        return wire.secret(None)
    if isinstance(value, dict):
        return {key: _unsealed(inner) for key, inner in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return [_unsealed(inner) for inner in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]
