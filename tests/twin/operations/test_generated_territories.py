"""Territories that are not Bordeaux come up from data alone, by the ordinary command."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyVmomi import vim

from territory.generation import Shape, generated, write_territory
from territory.loader import load_territory
from tests.twin.operations.metro import Metro

pytestmark = [pytest.mark.api, pytest.mark.slow]

SHAPES = (
    Shape(communes=3, sectors=2, routers=3, zones=3, services=2, edge_sites=2, name="three-routers"),
    Shape(communes=4, sectors=1, datacenters=3, cloud_regions=2, services=3, edge_sites=1, name="three-sites"),
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_generated_territory_comes_up_and_goes_down(metro: Metro, tmp_path: Path, shape: Shape) -> None:
    folder = write_territory(generated(shape), tmp_path / shape.name)
    territory = load_territory(folder)

    answer = metro.succeed("up", "-t", str(folder))

    assert answer.json["territory"] == shape.name
    guests = {name for inventory in metro.vcenters(shape.name).values() for name in inventory.guests()}
    assert {router.id for router in territory.border_routers} <= guests
    for name, inventory in metro.vcenters(shape.name).items():
        assert inventory.names(vim.Datacenter) == [name]
    assert metro.succeed("up", "-t", str(folder)).json["changes"] == 0
    assert all(stack["deleted"] > 0 for stack in metro.succeed("down", "-t", str(folder)).json["stacks"])
