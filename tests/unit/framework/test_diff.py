"""Differences are found leaf by leaf, and what looks different without being so is not one."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.logic import Change
from tests.unit.framework.toy import BOX, FACTS
from twin.framework.declaration import Inputs
from twin.framework.diff import diff_resource
from twin.framework.values import UNKNOWN

BASE: dict[str, Any] = {"name": "a", "size": 2, "colour": "blue"}


def _diff(outputs: dict[str, Any], inputs: dict[str, Any], *ignored: str) -> dict[str, Change]:
    return dict(diff_resource(BOX, FACTS, {**BASE, **outputs}, {**BASE, **inputs}, ignored).changes)


@pytest.mark.parametrize(
    ("outputs", "inputs", "changes"),
    [
        ({}, {}, {}),
        ({}, {"size": 3}, {"size": Change.UPDATE}),
        ({}, {"size": UNKNOWN}, {"size": Change.UPDATE}),
        ({}, {"name": "b"}, {"name": Change.UPDATE_REPLACE}),
        ({}, {"labels": ["x"]}, {"labels": Change.ADD}),
        ({}, {"labels": []}, {}),
        ({"labels": []}, {}, {}),
        ({"labels": ["x"]}, {}, {"labels": Change.DELETE}),
        ({"labels": ["x", "y"]}, {"labels": ["y", "x"]}, {}),
        ({"labels": ["x", "y"]}, {"labels": ["y", "y"]}, {"labels": Change.UPDATE}),
        ({"labels": ["x"]}, {"labels": [UNKNOWN]}, {"labels": Change.UPDATE}),
        ({"notes": {"a.b": "1"}}, {"notes": {"a.b": "3"}}, {'notes["a.b"]': Change.UPDATE}),
        ({"notes": {"a": "1", "c": "2"}}, {"notes": {"a": "1"}}, {"notes.c": Change.DELETE}),
        (
            {"parts": [{"kind": "lid", "count": 1, "mark": "m"}]},
            {"parts": [{"kind": "lid", "count": 2, "__defaults": []}, {"kind": "base", "count": 1}]},
            {"parts[0].count": Change.UPDATE, "parts[1]": Change.ADD},
        ),
        ({"parts": [{"kind": "lid", "count": 1}]}, {"parts": []}, {"parts[0]": Change.DELETE}),
        ({"serial": "s", "revision": 4}, {}, {}),
    ],
)  # fmt: skip
def test_changes(outputs: dict[str, Any], inputs: dict[str, Any], changes: dict[str, Change]) -> None:
    assert _diff(outputs, inputs) == changes


def test_ignored_properties_do_not_count() -> None:
    assert _diff({}, {"size": 3, "name": "b"}, "size") == {"name": Change.UPDATE_REPLACE}


def test_a_change_may_need_a_replacement_only_sometimes() -> None:
    def smaller(old: Inputs, new: Inputs) -> Iterable[str]:
        return ("size",) if new["size"] < old["size"] else ()

    shrinking = replace(BOX, replacing=smaller)
    changes = [diff_resource(shrinking, FACTS, BASE, {**BASE, "size": size}).changes for size in (3, 1)]
    assert changes == [{"size": Change.UPDATE}, {"size": Change.UPDATE_REPLACE}]


def test_a_replacement_that_keeps_the_name_deletes_first() -> None:
    facts = {**BASE, "colour": "red"}
    kept = diff_resource(BOX, _all_new(), BASE, facts)
    renamed = diff_resource(BOX, _all_new(), BASE, {**facts, "name": "b"})
    made_up = diff_resource(BOX, _all_new(), BASE, {**facts, "__defaults": ["name"]})
    assert (kept.delete_before_replace, renamed.delete_before_replace, made_up.delete_before_replace) == (
        True,
        False,
        False,
    )


def _all_new() -> Any:
    forced = {name: type(fact)(fact.type, True, fact.secret) for name, fact in FACTS.inputs.items()}
    return type(FACTS)(FACTS.terraform, forced, FACTS.required, FACTS.computed)


VALUES = st.fixed_dictionaries(
    {"name": st.text(min_size=1), "size": st.integers(1, 9), "colour": st.sampled_from(["blue", "red"])},
    optional={
        "labels": st.lists(st.text()),
        "notes": st.dictionaries(st.text(min_size=1), st.text()),
        "parts": st.lists(st.fixed_dictionaries({"kind": st.text(), "count": st.integers(0, 5)})),
    },
)


@given(VALUES)
def test_nothing_differs_from_itself(values: dict[str, Any]) -> None:
    shuffled = dict(values)
    if "labels" in values:
        shuffled["labels"] = random.sample(values["labels"], len(values["labels"]))
    assert not diff_resource(BOX, FACTS, values, shuffled).changes


@given(VALUES, VALUES)
def test_what_differs_is_found_under_its_own_name(old: dict[str, Any], new: dict[str, Any]) -> None:
    names = {path.split("[")[0].split(".")[0] for path in diff_resource(BOX, FACTS, old, new).changes}
    for name in ("name", "size", "colour"):
        assert (name in names) == (old[name] != new[name])
    assert names <= old.keys() | new.keys()
