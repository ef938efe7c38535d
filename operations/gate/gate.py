"""`metro gate` behind its verb: plan, judge, say, and answer by the exit code."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operations.console import Console
from operations.errors import AnswerNo, InputError
from operations.gate.controls_view import controls_object, controls_of_report, say_controls
from operations.gate.environments import GateEnvironment
from operations.gate.judging import judge_plan
from operations.gate.oscal_files import write_oscal
from operations.gate.report_view import closing_line, say_report, summary
from operations.offline_plan import has_real_settings, plan_offline, real_settings, twin_settings
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier, announcement


@dataclass(frozen=True)
class Wanted:
    """What is wanted beside the verdict."""

    report: Path | None = None
    """Where the whole report is written as JSON."""
    controls: bool = False
    """Whether the frameworks' controls are listed with what contributes to each."""
    oscal: Path | None = None
    """The folder OSCAL documents are written into."""


def run_gate(territory: str, environment: GateEnvironment | None, wanted: Wanted, *, as_json: bool) -> None:
    """Plan a territory and judge it; `AnswerNo` when the gate is closed."""
    console = Console(as_json=as_json)
    chosen = choose_territory(territory)
    console.say(announcement(Tier.PLAN))
    begun = time.monotonic()
    kind = environment or _environment(chosen)
    plan = plan_offline(
        chosen, real_settings(chosen) if kind is GateEnvironment.PRODUCTION else twin_settings(chosen), console
    )
    with console.step("Judging"):
        report = judge_plan(plan, chosen.model)
    say_report(console, report)
    frameworks = controls_of_report(report)
    if wanted.controls:
        say_controls(console, frameworks)
    if wanted.oscal:
        for file in write_oscal(wanted.oscal, frameworks, report, datetime.now(UTC)):
            console.say(f"written: {file}")
    result: dict[str, Any] = {
        "tier": str(Tier.PLAN),
        "territory": chosen.model.name,
        "environment": str(kind),
        **summary(report),
        **({"controls": controls_object(frameworks)} if wanted.controls else {}),
        "digest": plan.digest(),
        "seconds": round(time.monotonic() - begun, 3),
    }
    if wanted.report:
        try:
            wanted.report.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"the report cannot be written to {wanted.report}: {error.strerror}") from error
    console.result(result)
    if report.verdict.value == "fail":
        raise AnswerNo(closing_line(report), "mend what fails, or have it waived in policies/waivers.yaml")


def _environment(chosen: ChosenTerritory) -> GateEnvironment:
    return GateEnvironment.PRODUCTION if has_real_settings(chosen) else GateEnvironment.REHEARSAL
