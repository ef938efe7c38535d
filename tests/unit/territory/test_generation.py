"""Generated territories hold together, whatever their shape; scaled ones stay what they were, but for the communes."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.generation import Shape, generated, read_documents, scaled, write_territory
from territory.loader import load_territory
from territory.model import Territory
from tests.unit.territory.generated import shapes


def loaded(documents: dict[str, dict[str, object]]) -> Territory:
    with tempfile.TemporaryDirectory() as folder:
        return load_territory(write_territory(documents, Path(folder)))


@settings(max_examples=40, deadline=None)
@given(shapes())
def test_every_shape_is_a_valid_territory_of_that_shape(shape: Shape) -> None:
    territory = loaded(generated(shape))
    assert territory.name == shape.name
    assert len(territory.communes) == shape.communes
    assert len(territory.datacenters) == shape.datacenters
    assert len(territory.border_routers) == shape.datacenters * shape.routers
    assert len(territory.cloud_regions) == shape.cloud_regions
    assert len(territory.sectors) == min(shape.sectors, shape.communes)
    assert all(len(region.zones) == shape.zones for region in territory.cloud_regions)
    assert len(territory.services) == shape.services
    assert len(territory.edge_sites) == shape.edge_sites


def test_the_same_shape_gives_the_same_files(tmp_path: Path) -> None:
    one, other = (write_territory(generated(Shape()), tmp_path / name) for name in ("one", "other"))
    assert {file.name: file.read_bytes() for file in one.iterdir()} == {
        file.name: file.read_bytes() for file in other.iterdir()
    }


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["bordeaux", "sandbox"]), st.integers(5, 250))
def test_a_scaled_territory_differs_in_its_communes_and_in_nothing_else(name: str, communes: int) -> None:
    before, after = load_territory(name), loaded(scaled(read_documents(name), communes))
    assert len(after.communes) == communes
    assert len({commune.insee for commune in after.communes}) == communes
    for kept in ("name", "datacenters", "services", "circuits", "border_routers", "paths"):
        assert getattr(after, kept) == getattr(before, kept)
    largest = max(Counter(commune.sector for commune in before.communes).values())
    assert max(Counter(commune.sector for commune in after.communes).values()) <= largest
    stayed = set(before.communes) & set(after.communes)
    assert len(stayed) == min(communes, len(before.communes))


def test_scaling_to_its_own_size_changes_nothing() -> None:
    assert loaded(scaled(read_documents("bordeaux"), 28)) == load_territory("bordeaux")


def test_communes_that_others_need_are_kept() -> None:
    smallest = loaded(scaled(read_documents("bordeaux"), 1))
    assert {dc.commune for dc in smallest.datacenters} <= {commune.insee for commune in smallest.communes}


def test_a_departement_has_only_so_many_codes() -> None:
    with pytest.raises(ValueError, match="département 33"):
        scaled(read_documents("bordeaux"), 1001)
