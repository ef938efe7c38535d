"""The process that plans and judges one revision: this tool's code around that revision's program, data and rules.

It is started in a folder put together by `operations.review.planned`, without the caller's environment. What it hands
back through a file is read with this tool's schema, whatever the revision's code did meanwhile.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from pydantic import Field

from operations.errors import MetroError
from operations.gate.environments import GateEnvironment
from planning.plan import Model, Plan
from policies.report import Report


class Task(Model):
    """What to do; it comes on stdin."""

    territory: str
    environment: GateEnvironment | None
    """None: production where the revision says how it is configured, a rehearsal elsewhere."""
    fingerprint_key: str = Field(repr=False)
    plan: Path | None = None
    """A plan that is already there: only judge it."""
    result: Path
    """Where the answer goes."""


class RuleFacts(Model):
    """What a catalogue says of a rule, as far as it can be made weaker."""

    id: str
    title: str
    severity: str
    scope: str
    types: tuple[str, ...] = ()
    after_apply: str | None = None


class Outcome(Model):
    """What came of one revision."""

    schema_version: Literal[1] = 1
    environment: GateEnvironment | None = None
    plan: Plan | None = None
    """None when the revision has no such territory, or could not be planned: then `error` says why."""
    report: Report | None = None
    rules: tuple[RuleFacts, ...] = ()
    error: str | None = None
    remedy: str | None = None
    absent: bool = False
    """The revision has no such territory."""


def main() -> None:
    """Do the task on stdin."""
    task = Task.model_validate_json(sys.stdin.buffer.read())
    try:
        outcome = _work(task)
    except MetroError as error:
        outcome = Outcome(error=error.message, remedy=error.remedy)
    except Exception as error:
        # The revision's own rules and data are imported here: whatever they do is an answer about the revision.
        outcome = Outcome(error=f"{type(error).__name__}: {error}")
    task.result.write_text(outcome.model_dump_json(exclude_defaults=True), encoding="utf-8")


def _work(task: Task) -> Outcome:
    # Imported here, so that a revision whose own code cannot even be imported is told as one.
    from operations.gate.judging import judge_plan  # noqa: PLC0415
    from operations.offline_plan import has_real_settings, real_settings, twin_settings  # noqa: PLC0415
    from operations.territories import choose_territory, shipped_territories  # noqa: PLC0415
    from planning.offline import plan_territory  # noqa: PLC0415
    from planning.values import FingerprintKey  # noqa: PLC0415
    from policies.catalogue import all_rules  # noqa: PLC0415

    if task.territory not in shipped_territories():
        return Outcome(absent=True)
    chosen = choose_territory(task.territory)
    production = (
        has_real_settings(chosen) if task.environment is None else task.environment is GateEnvironment.PRODUCTION
    )
    if task.plan is None:
        settings = real_settings(chosen) if production else twin_settings(chosen)
        key = FingerprintKey(bytes.fromhex(task.fingerprint_key))
        plan = plan_territory(chosen.reference, settings, key=key)
    else:
        plan = Plan.from_json(task.plan.read_bytes())
    rules = tuple(
        RuleFacts(
            id=rule.id,
            title=rule.title,
            severity=str(rule.severity),
            scope=rule.scope,
            types=tuple(getattr(rule, "types", ())),
            after_apply=rule.after_apply,
        )
        for rule in all_rules()
    )
    return Outcome(
        environment=GateEnvironment.PRODUCTION if production else GateEnvironment.REHEARSAL,
        plan=plan,
        report=judge_plan(plan, chosen.model),
        rules=rules,
    )


if __name__ == "__main__":
    main()
