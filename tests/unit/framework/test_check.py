"""Inputs are refused as the official provider would, and by name where the twin does less."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.provider.experimental.property_value import PropertyValue

from tests.unit.framework.toy import OTHER, TOKEN, URN, ToyProvider
from twin.framework.values import UNKNOWN, plain_map, wrap


def _check(toy: ToyProvider, **inputs: Any) -> tuple[dict[str, Any], dict[str, str]]:
    result = toy.check(URN, TOKEN, {}, {name: wrap(value) for name, value in inputs.items()})
    return plain_map(result.inputs), {failure.property: failure.reason for failure in result.failures}


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({}, "size", "missing required property `size`"),
        ({"size": "big"}, "size", "must be a whole number, not a string"),
        ({"size": True}, "size", "must be a whole number, not a boolean"),
        ({"size": 1.5}, "size", "must be a whole number, not a number"),
        ({"size": 0}, "size", "in the range (1 - 9), got 0"),
        ({"size": 1, "colour": "green"}, "colour", "one of `blue`, `red`, got `green`"),
        ({"size": 1, "color": "red"}, "color", "has no property `color`; did you mean `colour`?"),
        ({"size": 1, "weight": 2}, "weight", "the twin does not exercise it"),
        ({"size": 1, "labels": ["a", 2]}, "labels[1]", "must be a string, not a number"),
        ({"size": 1, "notes": {"a": 1}}, 'notes["a"]', "must be a string"),
        ({"size": 1, "notes": {"a": "b"}, "colour": "red"}, "colour", "conflicts with `notes`"),
        ({"size": 1, "parts": [{}]}, "parts[0].kind", "missing required property `parts[0].kind`"),
        ({"size": 1, "parts": [{"kind": "lid", "glue": "x"}]}, "parts[0].glue", "the twin does not exercise it"),
        ({"size": 1, "parts": [{"kind": "lid", "cuont": 2}]}, "parts[0].cuont", "did you mean `count`?"),
        ({"size": 9, "colour": "red"}, "size", "red boxes are smaller"),
    ],
)
def test_bad_input_is_refused_by_name(toy: ToyProvider, inputs: dict[str, Any], path: str, reason: str) -> None:
    _, failures = _check(toy, **inputs)
    assert path in failures
    assert reason in failures[path]


def test_defaults_are_filled_in_and_named(toy: ToyProvider) -> None:
    inputs, failures = _check(toy, name="a", size=2, parts=[{"kind": "lid"}])
    assert not failures
    assert inputs == {
        "name": "a",
        "size": 2,
        "colour": "blue",
        "parts": [{"kind": "lid", "count": 1, "__defaults": ["count"]}],
        "__defaults": ["colour"],
    }


def test_a_default_gives_way_to_what_it_conflicts_with(toy: ToyProvider) -> None:
    inputs, failures = _check(toy, name="a", size=2, notes={"k": "v"})
    assert not failures
    assert "colour" not in inputs


def test_a_name_is_made_once_and_kept(toy: ToyProvider) -> None:
    first = toy.check(URN, TOKEN, {}, {"size": wrap(1)})
    again = toy.check(URN, TOKEN, first.inputs, {"size": wrap(2)})
    name = plain_map(first.inputs)["name"]
    assert name.startswith("mine-")
    assert len(name) == len("mine-") + 7
    assert plain_map(again.inputs)["name"] == name


def test_unknowns_and_secrets_survive(toy: ToyProvider) -> None:
    result = toy.check(
        URN,
        TOKEN,
        {},
        {"size": wrap(UNKNOWN), "password": wrap("s"), "labels": PropertyValue([wrap("a", secret=True)])},
    )
    assert not result.failures
    assert plain_map(result.inputs)["size"] is UNKNOWN
    assert result.inputs["password"].is_secret
    assert result.inputs["labels"].is_secret


def test_an_official_type_the_twin_lacks_is_told_from_one_that_does_not_exist(toy: ToyProvider) -> None:
    official = toy.check(URN, OTHER, {}, {}).failures
    unknown = toy.check(URN, "toy:index/bag:Bag", {}, {}).failures
    assert "the twin does not exercise it" in official[0].reason
    assert "no resource type" in unknown[0].reason


def test_arguments_of_data_sources_are_checked(toy: ToyProvider) -> None:
    token = "toy:index/getBox:getBox"
    assert "missing required argument `name`" in toy.invoke(token, {})[1][0].reason
    assert "does not exercise" in toy.invoke(token, {"name": wrap("a"), "shape": wrap("b")})[1][0].reason
    assert "has no argument `x`" in toy.invoke(token, {"name": wrap("a"), "x": wrap("b")})[1][0].reason
    assert "no data source" in toy.invoke("toy:index/getBag:getBag", {})[1][0].reason
