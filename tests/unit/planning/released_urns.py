"""The URNs of the last release: what people have deployed under these names must not be deleted by a new one.

`.venv/bin/python -m tests.unit.planning.released_urns` writes the lists anew: that accepts every change since.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from operations.deployment.stack_configuration import twin_configuration
from operations.territories import choose_territory
from operations.worlds.world import imagined_world
from planning.offline import plan_territory
from planning.plan import Plan, PlannedResource, StackPlan
from planning.urns import make_urn, parse_urn
from stacks.layers import stacks_of

LISTS = Path(__file__).parent / "releases"
TERRITORIES = ("bordeaux", "sandbox")
ACCEPT = ".venv/bin/python -m tests.unit.planning.released_urns"


def planned(territory: str) -> Plan:
    """A territory's plan, as a twin's stacks are configured."""
    chosen = choose_territory(territory)
    nowhere = imagined_world(chosen.model)
    configurations = [twin_configuration(chosen, stack, nowhere) for stack in stacks_of(chosen.model)]
    return plan_territory(territory, {each.stack: each.offline() for each in configurations})


def released(territory: str) -> set[str]:
    """What the committed list says."""
    return set((LISTS / f"{territory}.txt").read_text(encoding="utf-8").split("\n")) - {""}


def urns_of(plan: Plan) -> list[str]:
    """Every resource an `up` makes, in order."""
    return sorted(resource.urn for stack in plan.stacks for resource in stack.deployable)


def lost(before: set[str], plan: Plan) -> list[str]:
    """What was released and is neither planned nor named among the aliases of what is."""
    kept = {urn for stack in plan.stacks for resource in stack.deployable for urn in _names(stack, resource)}
    return sorted(before - kept)


def _names(stack: StackPlan, resource: PlannedResource) -> Iterator[str]:
    """A resource's URN and all it may have had before: by its own aliases and by those of what it is a part of."""
    yield resource.urn
    yield from resource.options.aliases
    parent = stack.by_urn.get(resource.parent or "")
    if parent is None:
        return
    own = parse_urn(resource.urn)
    for former in _names(stack, parent):
        if former != parent.urn:
            # As the engine does: a child that is called after its parent was called after its parent's former name.
            name = own.name
            if name.startswith(parent.name):
                name = parse_urn(former).name + name.removeprefix(parent.name)
            yield make_urn(own.stack, own.project, former, own.type, name)


def main() -> None:
    """Write every list anew."""
    for territory in TERRITORIES:
        urns = urns_of(planned(territory))
        (LISTS / f"{territory}.txt").write_text("".join(f"{urn}\n" for urn in urns), encoding="utf-8")
        print(f"{territory}: {len(urns)} URNs")


if __name__ == "__main__":
    main()
