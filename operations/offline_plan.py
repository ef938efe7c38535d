"""The offline plan as a command, and for whoever judges one: on a world that is nowhere, as a twin or as production."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from operations.console import Console
from operations.deployment.real import CONFIGURATION
from operations.deployment.schedule import select_stacks
from operations.deployment.stack_configuration import twin_configuration
from operations.errors import InputError
from operations.planning_failure import planning_failed
from operations.resource_types import say_types
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier, announcement, choose_tier
from operations.worlds.world import imagined_world
from operations.yaml_files import read_mapping
from planning.errors import PlanningError
from planning.offline import plan_territory
from planning.plan import Plan, summary

NEVER_COMMITTED = ("metropole:vcenterPasswords", "metropole:hostPasswords")
"""What a real stack's file need not hold for a plan: secrets, whose values no plan shows."""


def run_plan(
    territory: str, tier: str | None, output: Path | None, *, only: tuple[str, ...] = (), as_json: bool
) -> None:
    """Plan (with `only`, those stacks and what they stand on), print counts, and write the whole plan where asked."""
    console = Console(as_json=as_json)
    world = choose_tier(tier, allowed=(Tier.PLAN,))
    chosen = choose_territory(territory)
    console.say(announcement(world))
    wanted = [stack.name for stack in select_stacks(chosen.stacks, only)]
    begun = time.monotonic()
    plan = plan_offline(chosen, twin_settings(chosen), console, wanted)
    if output:
        try:
            output.write_text(plan.to_json() + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"the plan cannot be written to {output}: {error.strerror}") from error
    for stack in plan.stacks:
        console.say(f"{stack.name}: {len(stack.deployable)} resources")
    say_types(console, plan.by_type)
    console.say(f"{chosen.model.name}: {plan.resource_count} resources in {len(plan.stacks)} stacks")
    console.result({"tier": str(world), **summary(plan, time.monotonic() - begun)})


def plan_offline(
    chosen: ChosenTerritory,
    settings: dict[str, dict[str, Any]],
    console: Console,
    stacks: Sequence[str] | None = None,
) -> Plan:
    """Plan a territory's stacks (all, or these with what they stand on), configured by `settings`, stack by stack."""
    try:
        with console.step(f"Planning {chosen.model.name}") as progress:
            return plan_territory(
                chosen.reference,
                settings,
                stacks,
                progress=lambda stack: progress(f"{stack.name}: {len(stack.deployable)} resources"),
            )
    except PlanningError as error:
        raise planning_failed(error) from error


def twin_settings(chosen: ChosenTerritory) -> dict[str, dict[str, Any]]:
    """What each stack would be told in a twin."""
    nowhere = imagined_world(chosen.model)
    return {stack.name: twin_configuration(chosen, stack, nowhere).offline() for stack in chosen.stacks}


def real_settings(chosen: ChosenTerritory) -> dict[str, dict[str, Any]]:
    """What each stack is told by its file in `stacks/config`. `InputError` for a stack that has none."""
    twin = twin_settings(chosen)
    secret = {key: told[key] for told in twin.values() for key in NEVER_COMMITTED if key in told}
    settings: dict[str, dict[str, Any]] = {}
    for stack in twin:
        file = CONFIGURATION / f"Pulumi.{stack}.yaml"
        if not file.exists():
            raise InputError(
                f"stack {stack} has no configuration at {file}", "judge it as a rehearsal: --environment rehearsal"
            )
        settings[stack] = {**secret, **read_mapping(file).get("config", {})}
    return settings


def has_real_settings(chosen: ChosenTerritory) -> bool:
    """Whether every stack has a file in `stacks/config`."""
    return all((CONFIGURATION / f"Pulumi.{stack.name}.yaml").exists() for stack in chosen.stacks)
