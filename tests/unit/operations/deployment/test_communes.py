"""`--commune`: found by name or number, and narrowed down to what is its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from operations.deployment.communes import choose_commune, targets_of
from operations.errors import EXIT_INPUT, AnswerNo, InputError
from stacks.layers import stacks_of
from territory.loader import load_territory

BORDEAUX = load_territory("bordeaux")
AMBES = choose_commune(BORDEAUX, "33004")
TAGS = [f"urn:pulumi:s::p::a$b$vsphere:index/tag:Tag::{dc}-tags-commune-33004" for dc in ("lac", "pessac")]


def holding(*urns: str) -> Mapping[str, Any]:
    return {"resources": [{"urn": "urn:pulumi:s::p::pulumi:pulumi:Stack::s"}, *({"urn": urn} for urn in urns)]}


@pytest.mark.parametrize("written", ["33004", "Ambès", "ambes", "AMBÈS"])
def test_a_commune_is_found_by_its_name_or_number(written: str) -> None:
    assert choose_commune(BORDEAUX, written).insee == "33004"


def test_an_unknown_commune_is_wrong_input_and_the_nearest_is_named() -> None:
    with pytest.raises(InputError) as refusal:
        choose_commune(BORDEAUX, "Pesac")
    assert refusal.value.exit_code == EXIT_INPUT == 2
    assert refusal.value.message == "bordeaux has no commune 'Pesac'; nearest: Pessac (33318)"
    assert refusal.value.remedy == "--commune 33318"


def test_only_its_sectors_stacks_hold_a_commune() -> None:
    found = targets_of(BORDEAUX, [AMBES], stacks_of(BORDEAUX), lambda _: holding(*TAGS))
    assert "bordeaux-communes-presquile" in found
    assert {name for name in found if not name.endswith("-presquile")} == {"bordeaux-hosts"}
    assert "**::commune-33004-*" in found["bordeaux-communes-presquile"]
    assert "**::hosts-commune-33004-router" in found["bordeaux-hosts"]


def test_a_new_commune_needs_its_tags_first() -> None:
    found = targets_of(BORDEAUX, [AMBES], stacks_of(BORDEAUX), lambda _: holding(TAGS[0]))
    assert found["bordeaux-datacenters"] == ("**::lac-tags-commune-33004", "**::pessac-tags-commune-33004")


def test_a_commune_cannot_come_before_the_datacenters() -> None:
    with pytest.raises(AnswerNo, match="bordeaux-datacenters is not up") as refusal:
        targets_of(BORDEAUX, [AMBES], stacks_of(BORDEAUX), lambda _: None)
    assert refusal.value.remedy == "./metro up -t bordeaux --only datacenters"
