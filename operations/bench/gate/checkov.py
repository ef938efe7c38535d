"""Checkov as the gate keeps it, running already, against Checkov started for one plan."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Sequence
from typing import Final

from operations.bench.measures import Comparison, say_comparison
from operations.checkov.environment import ensure_environment
from operations.checkov.scan import scan
from operations.checkov.session import CheckovSession
from operations.console import Console, Progress
from planning.plan import StackPlan
from policies.terraform.adapter import terraform_plan

RESOURCES: Final = 1_000
_RUNS: Final = 3
"""A cold run takes half a minute, and they lie close together."""


def compare_checkov(stacks: Sequence[StackPlan], runs: int, console: Console) -> dict[str, object]:
    """Scan a thousand AWS resources by a process that runs, and in turns by a new one."""
    with console.step("Checkov") as progress:
        ensure_environment(progress)
    many = at_least(RESOURCES, stacks)
    warm: list[float] = []
    cold: list[float] = []
    with console.step("Scanning with Checkov") as progress, CheckovSession(progress) as session:
        counts = scan(many, progress=progress, session=session)[1]
        for _ in range(min(runs, _RUNS)):
            warm.append(_seconds(many, progress, session))
            cold.append(_seconds(many, progress, None))
    found = Comparison(warm, cold)
    say_comparison(console, f"Checkov on {counts.scanned} resources: warm, ", "cold", found)
    return {"sent": counts.sent, "scanned": counts.scanned, "checks": counts.checks, **found.as_json()}


def at_least(resources: int, stacks: Sequence[StackPlan]) -> tuple[StackPlan, ...]:
    """The stacks, and copies of them under other names until Checkov is sent so many resources; none without any."""
    found: list[StackPlan] = []
    sent = 0
    if not terraform_plan(stacks).sent:
        return ()
    for copy in _copies(stacks):
        found.append(copy)
        sent += len(terraform_plan([copy]).sent)
        if sent >= resources:
            break
    return tuple(found)


def _copies(stacks: Sequence[StackPlan]) -> Iterable[StackPlan]:
    yield from stacks
    number = 1
    while True:
        number += 1
        for stack in stacks:
            name = f"{stack.name}-{number}"
            text = stack.model_dump_json().replace(f"urn:pulumi:{stack.name}::", f"urn:pulumi:{name}::")
            yield StackPlan.model_validate_json(text).model_copy(update={"name": name})


def _seconds(stacks: Sequence[StackPlan], progress: Progress, session: CheckovSession | None) -> float:
    gc.collect()
    begun = time.perf_counter()
    scan(stacks, progress=progress, session=session)
    return time.perf_counter() - begun
