"""The offline plan as a command: configured as a twin's stacks are, on a world that is nowhere."""

from __future__ import annotations

import time
from pathlib import Path

from operations.console import Console
from operations.deployment.schedule import select_stacks
from operations.deployment.stack_configuration import twin_configuration
from operations.errors import AnswerNo, InputError
from operations.resource_types import say_types
from operations.territories import choose_territory
from operations.tiers import Tier, announcement, choose_tier
from operations.worlds.world import imagined_world
from planning.errors import PlanningError
from planning.offline import plan_territory
from planning.plan import summary


def run_plan(
    territory: str, tier: str | None, output: Path | None, *, only: tuple[str, ...] = (), as_json: bool
) -> None:
    """Plan (with `only`, those stacks and what they stand on), print counts, and write the whole plan where asked."""
    console = Console(as_json=as_json)
    world = choose_tier(tier, allowed=(Tier.PLAN,))
    chosen = choose_territory(territory)
    console.say(announcement(world))
    nowhere = imagined_world(chosen.model)
    wanted = [stack.name for stack in select_stacks(chosen.stacks, only)]
    configurations = [twin_configuration(chosen, stack, nowhere) for stack in chosen.stacks]
    begun = time.monotonic()
    try:
        with console.step(f"Planning {chosen.model.name}") as progress:
            plan = plan_territory(
                chosen.reference,
                {each.stack: each.offline() for each in configurations},
                wanted,
                progress=lambda stack: progress(f"{stack.name}: {len(stack.deployable)} resources"),
            )
    except PlanningError as error:
        text = str(error) if not error.remedy else str(error).removesuffix(f"\n{error.remedy}")
        raise AnswerNo(text + (f"\n{error.detail}" if error.detail else ""), error.remedy) from error
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
