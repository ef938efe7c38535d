"""The sandbox as the offline planner plans it now: what territory rules are asked about, and changed by cases."""

from __future__ import annotations

from functools import cache

from operations.deployment.stack_configuration import twin_configuration
from operations.territories import choose_territory
from operations.worlds.world import imagined_world
from planning.offline import plan_territory
from planning.plan import Plan
from planning.values import FingerprintKey
from policies.judge import views
from policies.subjects import Stack
from stacks.layers import stacks_of
from territory.loader import load_territory
from territory.model import Territory

NAME = "sandbox"


@cache
def sandbox_plan() -> Plan:
    """Planned once a process."""
    chosen = choose_territory(NAME)
    world = imagined_world(chosen.model)
    configurations = [twin_configuration(chosen, stack, world) for stack in stacks_of(chosen.model)]
    offline = {each.stack: each.offline() for each in configurations}
    return plan_territory(NAME, offline, key=FingerprintKey(b"a key for tests"), seconds=600)


@cache
def sandbox_stacks() -> tuple[Stack, ...]:
    """The plan as rules see it."""
    return views(sandbox_plan().stacks)


@cache
def sandbox_territory() -> Territory:
    """What is declared."""
    return load_territory(NAME)
