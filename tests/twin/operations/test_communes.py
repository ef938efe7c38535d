"""A commune comes and goes, by itself or with everything: nothing but what is its own is touched."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim

from operations.engine.engine import Engine
from operations.recovery.identity import plain_inputs
from territory.loader import TERRITORIES
from tests.twin.operations.conftest import metro_on_a_state_of_its_own
from tests.twin.operations.inventory import find
from tests.twin.operations.metro import Metro

pytestmark = pytest.mark.api

CENON = """
  - insee: "33119"
    name: Cenon
    sector: north
    population_about: 26000
    lat_about: 44.857
    lon_about: -0.532
    vcenter: lac
    access: [ring-south-pessac-1, ring-north-lac-1]
"""
NORTH = "sandbox-communes-north"
STACKS = ("sandbox-datacenters", "sandbox-network", NORTH, "sandbox-communes-south")


@pytest.fixture(scope="module")
def metro(engine: Engine, vcsim_binary: Path) -> Generator[Metro]:
    """Datacenters, network and communes of the sandbox."""
    with metro_on_a_state_of_its_own() as shared:
        yield shared


def _up(metro: Metro, territory: str | Path, *arguments: str) -> dict[str, dict[str, int]]:
    layers = [word for layer in ("datacenters", "network", "communes") for word in ("--only", layer)]
    answer = metro.succeed("up", "-t", str(territory), *layers, *arguments)
    counted = ("created", "updated", "replaced", "deleted")
    return {stack["name"]: {kind: stack[kind] for kind in counted if stack[kind]} for stack in answer.json["stacks"]}


def _own(metro: Metro, stack: str) -> dict[str, Any]:
    """Id and inputs of everything a stack holds, by URN; secrets apart, which are encrypted anew each time."""
    return {
        resource["urn"]: (resource.get("id"), plain_inputs(resource.get("inputs") or {}))
        for resource in metro.deployed(stack)["resources"]
        if not resource["urn"].endswith(f"::metropole-{stack}")
    }


def _with_cenon(metro: Metro) -> Path:
    """A copy of the sandbox with one commune more."""
    folder = metro.state / "more"
    shutil.copytree(TERRITORIES / "sandbox", folder)
    with (folder / "communes.yaml").open("a", encoding="utf-8") as file:
        file.write(CENON)
    return folder


def test_a_commune_comes_and_goes_and_nothing_else_moves(metro: Metro) -> None:
    _up(metro, "sandbox")
    before = {stack: _own(metro, stack) for stack in STACKS}
    more = _with_cenon(metro)

    assert _up(metro, more, "--commune", "Cenon") == {"sandbox-datacenters": {"created": 2}, NORTH: {"created": 10}}
    after = {stack: _own(metro, stack) for stack in STACKS}
    assert {stack: {urn: after[stack][urn] for urn in held} for stack, held in before.items()} == before
    added = [urn for stack in STACKS for urn in after[stack] if urn not in before[stack]]
    assert all("commune-33119" in urn for urn in added)

    # Brought up with everything, nothing is left to do; taken out of the data, only its own goes.
    assert all(changes == {} for changes in _up(metro, more).values())
    gone = _up(metro, "sandbox")
    assert gone == {stack: {} for stack in STACKS} | {"sandbox-datacenters": {"deleted": 2}, NORTH: {"deleted": 10}}
    assert {stack: _own(metro, stack) for stack in STACKS} == before


def test_what_drifted_elsewhere_is_left_alone(metro: Metro) -> None:
    _up(metro, "sandbox")
    lac, pessac = (metro.vcenters()[name] for name in ("lac", "pessac"))
    for inventory, insee in ((lac, "33063"), (pessac, "33318")):
        with inventory.content() as content:
            group = find(content, vim.dvs.DistributedVirtualPortgroup, f"commune-{insee}-iot")
            group.Rename_Task(f"renamed-{insee}")

    changes = _up(metro, "sandbox", "--commune", "33063")

    assert changes == {NORTH: {"updated": 1}}
    assert "commune-33063-iot" in lac.port_groups()
    assert "renamed-33318" in pessac.port_groups()


def test_an_unknown_commune_is_wrong_input(metro: Metro) -> None:
    refused = metro.run("up", "-t", "sandbox", "--commune", "Bordeau")
    assert refused.code == 2
    assert "nearest: Bordeaux (33063)" in refused.stderr
