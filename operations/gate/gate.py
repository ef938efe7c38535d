"""`metro gate` behind its verb: plan, judge, say, and answer by the exit code."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Any

from operations.console import Console
from operations.errors import AnswerNo, InputError
from operations.gate.judging import judge_plan
from operations.gate.report_view import closing_line, say_report, summary
from operations.offline_plan import has_real_settings, plan_offline, real_settings, twin_settings
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier, announcement


class GateEnvironment(StrEnum):
    """How the stacks are configured for the plan that is judged."""

    PRODUCTION = "production"
    """As the files of `stacks/config` say."""
    REHEARSAL = "rehearsal"
    """As in a twin."""


def run_gate(territory: str, environment: GateEnvironment | None, output: Path | None, *, as_json: bool) -> None:
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
    result: dict[str, Any] = {
        "tier": str(Tier.PLAN),
        "territory": chosen.model.name,
        "environment": str(kind),
        **summary(report),
        "digest": plan.digest(),
        "seconds": round(time.monotonic() - begun, 3),
    }
    if output:
        try:
            output.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"the report cannot be written to {output}: {error.strerror}") from error
    console.result(result)
    if report.verdict.value == "fail":
        raise AnswerNo(closing_line(report), "mend what fails, or have it waived in policies/waivers.yaml")


def _environment(chosen: ChosenTerritory) -> GateEnvironment:
    return GateEnvironment.PRODUCTION if has_real_settings(chosen) else GateEnvironment.REHEARSAL
