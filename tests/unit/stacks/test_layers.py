"""A territory's stacks: one a layer or one a part of it, and what each of them waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import stacks.layers
from stacks.layers import Layer, LayerStack, by_sector, joined, stacks_of
from territory.loader import load_territory
from territory.model import Sector

SANDBOX = load_territory("sandbox")


def nothing(*_: Any) -> Mapping[str, Any]:
    return {}


@pytest.fixture(autouse=True)
def layers(monkeypatch: pytest.MonkeyPatch) -> None:
    several = [
        Layer("network", (), nothing),
        Layer("communes", ("network",), nothing, by_sector),
        Layer("edge", ("communes",), nothing, by_sector, same_part=frozenset({"communes"})),
        Layer("report", ("communes",), nothing),
    ]
    monkeypatch.setattr(stacks.layers, "LAYERS", {layer.name: layer for layer in several})


def test_a_layer_is_one_stack_or_one_for_each_part():
    assert [(stack.name, stack.choice) for stack in stacks_of(SANDBOX)] == [
        ("sandbox-network", "network"),
        ("sandbox-communes-north", "communes-north"),
        ("sandbox-communes-south", "communes-south"),
        ("sandbox-edge-north", "edge-north"),
        ("sandbox-edge-south", "edge-south"),
        ("sandbox-report", "report"),
    ]


def test_a_stack_waits_for_every_part_unless_its_own_is_enough():
    upstream = {stack.choice: stack.upstream for stack in stacks_of(SANDBOX)}
    assert upstream["communes-south"] == ("sandbox-network",)
    assert upstream["edge-south"] == ("sandbox-communes-south",)
    assert upstream["report"] == ("sandbox-communes-north", "sandbox-communes-south")


def test_a_part_without_its_fellow_waits_for_nothing():
    assert joined("sandbox", [("edge", "gone"), ("communes", "north")]) == (
        LayerStack("sandbox", "communes", "north", ()),
        LayerStack("sandbox", "edge", "gone", ()),
    )


def test_a_sector_more_changes_no_other_stack():
    west = Sector(id="west", name="West")
    more = SANDBOX.model_copy(update={"sectors": (west, *SANDBOX.sectors)})
    before = {stack.name: stack for stack in stacks_of(SANDBOX) if stack.layer != "report"}
    after = {stack.name: stack for stack in stacks_of(more) if stack.layer != "report"}
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"sandbox-communes-west", "sandbox-edge-west"}
