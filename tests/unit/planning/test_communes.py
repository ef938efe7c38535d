"""One commune more or less, in the offline plan of every stack: only its own resources, and nothing replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.deployment.stack_configuration import twin_configuration
from operations.territories import choose_territory
from operations.worlds.world import imagined_world
from planning.difference import Difference, difference
from planning.offline import plan_territory
from planning.plan import Plan
from planning.values import FingerprintKey
from territory.generation import read_documents, write_territory

KEY = FingerprintKey(b"a key for tests")
INSEE = "33119"
BASELINE = "urn:pulumi:sandbox-hosts::metropole::metropole:index:Hosts$metropole:hosts:HostBaseline::hosts-"
TOLD = {(f"{BASELINE}{router}", "inputs.variables") for router in ("lac-router-1", "pessac-router-1")}
"""The border routers its access networks end at let its router in."""


def _planned(folder: Path) -> Plan:
    chosen = choose_territory(str(folder))
    world = imagined_world(chosen.model)
    configurations = [twin_configuration(chosen, stack, world) for stack in chosen.stacks]
    return plan_territory(str(folder), {each.stack: each.offline() for each in configurations}, key=KEY)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Plan]:
    """The sandbox, and the sandbox with Cenon."""
    # The same path for both: it stands in every stack's configuration.
    folder = tmp_path_factory.mktemp("territories") / "sandbox"
    documents = read_documents("sandbox")
    before = _planned(write_territory(documents, folder))
    (first,) = [each for each in documents["communes.yaml"]["communes"] if each["insee"] == "33063"]
    documents["communes.yaml"]["communes"].insert(0, {**first, "insee": INSEE, "name": "Cenon"})
    return before, _planned(write_territory(documents, folder))


def test_a_commune_more_adds_its_own_and_tells_only_the_routers_it_is_joined_to(plans: tuple[Plan, Plan]) -> None:
    found = difference(*plans)
    assert found.added
    assert (found.removed, found.moved) == ((), ())
    assert [resource.urn for resource in found.added if INSEE not in resource.urn] == []
    assert _changes(found) == TOLD


def test_a_commune_less_takes_its_own_away_and_tells_only_the_routers_it_was_joined_to(
    plans: tuple[Plan, Plan],
) -> None:
    before, after = plans
    found = difference(after, before)
    assert found.removed
    assert (found.added, found.moved) == ((), ())
    assert [resource.urn for resource in found.removed if INSEE not in resource.urn] == []
    assert _changes(found) == TOLD


def _changes(found: Difference) -> set[tuple[str, str]]:
    return {(change.urn, each.path) for change in found.changed for each in change.changes}
