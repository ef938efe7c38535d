"""Territories nobody wrote by hand, planned by the ordinary program from data alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from operations.deployment.stack_configuration import twin_configuration
from operations.territories import choose_territory
from operations.worlds.world import imagined_world
from planning.offline import plan_territory
from stacks.layers import stacks_of
from territory.generation import Shape, generated, write_territory
from tests.unit.territory.generated import shapes


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(shapes(most_communes=12, most_services=4))
def test_a_generated_territory_is_planned_by_the_ordinary_program(shape: Shape) -> None:
    with tempfile.TemporaryDirectory() as folder:
        chosen = choose_territory(str(write_territory(generated(shape), Path(folder))))
        nowhere = imagined_world(chosen.model)
        configurations = [twin_configuration(chosen, stack, nowhere) for stack in stacks_of(chosen.model)]
        plan = plan_territory(chosen.reference, {each.stack: each.offline() for each in configurations})
    names = [resource.name for stack in plan.stacks for resource in stack.deployable]
    for router in chosen.model.border_routers:
        assert f"interconnect-{router.id}-vm" in names
    for commune in chosen.model.communes:
        assert any(commune.insee in name for name in names)
    assert all(resource.provider_urn for stack in plan.stacks for resource in stack.deployable)
