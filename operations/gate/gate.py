"""`metro gate` behind its verb: plan, judge, say, and answer by the exit code."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operations.checkov.scan import scan
from operations.console import Console
from operations.errors import AnswerNo, InputError
from operations.gate.controls_view import controls_object, controls_of_report, say_controls
from operations.gate.environments import GateEnvironment
from operations.gate.judging import judge_stacks
from operations.gate.oscal_files import write_oscal
from operations.gate.preview_file import read_preview_file
from operations.gate.report_view import closing_line, say_report, summary
from operations.offline_plan import has_real_settings, plan_offline, real_settings, twin_settings
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier, announcement
from planning.plan import StackPlan
from policies.judge import Door
from policies.report import Report, Verdict
from policies.subjects import Operation
from territory.model import Territory


@dataclass(frozen=True)
class Wanted:
    """What is wanted beside the verdict."""

    report: Path | None = None
    """Where the whole report is written as JSON."""
    controls: bool = False
    """Whether the frameworks' controls are listed with what contributes to each."""
    oscal: Path | None = None
    """The folder OSCAL documents are written into."""
    checkov: bool = True
    """Whether Checkov is asked too."""


def run_gate(territory: str, environment: GateEnvironment | None, wanted: Wanted, *, as_json: bool) -> None:
    """Plan a territory and judge it; `AnswerNo` when the gate is closed."""
    console = Console(as_json=as_json)
    chosen = choose_territory(territory)
    console.say(announcement(Tier.PLAN))
    begun = time.monotonic()
    kind = environment or _environment(chosen)
    settings = real_settings(chosen) if kind is GateEnvironment.PRODUCTION else twin_settings(chosen)
    plan = plan_offline(chosen, settings, console)
    report = _judge(plan.stacks, {}, chosen.model, "plan", wanted, console)
    facts = {"territory": chosen.model.name, "environment": str(kind), "digest": plan.digest()}
    _answer(report, facts, begun, wanted, console)


def run_preview_gate(preview: Path, wanted: Wanted, *, as_json: bool) -> None:
    """Judge what `pulumi preview --json` of any project says; `AnswerNo` when the gate is closed."""
    console = Console(as_json=as_json)
    begun = time.monotonic()
    with console.step(f"Reading {preview}"):
        stacks, operations = read_preview_file(preview)
    report = _judge(stacks, operations, None, "preview", wanted, console)
    _answer(report, {"preview": str(preview), "stacks": [stack.name for stack in stacks]}, begun, wanted, console)


def _judge(
    stacks: Sequence[StackPlan],
    operations: Mapping[str, Operation],
    territory: Territory | None,
    door: Door,
    wanted: Wanted,
    console: Console,
) -> Report:
    scanned = None
    if wanted.checkov:
        with console.step("Asking Checkov") as progress:
            scanned = scan(stacks, progress=progress)
    with console.step("Judging"):
        return judge_stacks(stacks, operations, territory, door=door, checkov=scanned)


def _answer(report: Report, facts: Mapping[str, Any], begun: float, wanted: Wanted, console: Console) -> None:
    say_report(console, report)
    frameworks = controls_of_report(report)
    if wanted.controls:
        say_controls(console, frameworks)
    if wanted.oscal:
        for file in write_oscal(wanted.oscal, frameworks, report, datetime.now(UTC)):
            console.say(f"written: {file}")
    if wanted.report:
        try:
            wanted.report.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"the report cannot be written to {wanted.report}: {error.strerror}") from error
    result = {
        "tier": str(Tier.PLAN),
        **facts,
        **summary(report),
        **({"controls": controls_object(frameworks)} if wanted.controls else {}),
        "seconds": round(time.monotonic() - begun, 3),
    }
    if report.verdict is Verdict.FAIL:
        closed = AnswerNo(closing_line(report), "mend what fails, or have it waived in policies/waivers.yaml")
        console.fail(closed, result)
        raise SystemExit(closed.exit_code)
    console.say(closing_line(report))
    console.result(result)


def _environment(chosen: ChosenTerritory) -> GateEnvironment:
    return GateEnvironment.PRODUCTION if has_real_settings(chosen) else GateEnvironment.REHEARSAL
