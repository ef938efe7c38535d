from __future__ import annotations

from typing import Any

import pytest

from planning.difference import Difference, Kind, Moved, PropertyChange, difference
from planning.plan import ResourceOptions
from tests.unit.planning.test_plan import plan, thing


def changes(before: dict[str, Any], after: dict[str, Any], *, other_key: bool = False) -> tuple[PropertyChange, ...]:
    old, new = plan(thing("one", inputs=before)), plan(thing("one", inputs=after), key="l" if other_key else "k")
    found = difference(old, new)
    return found.changed[0].changes if found.changed else ()


def test_equal_plans_do_not_differ() -> None:
    one = thing("one", inputs={"a": [{"$unknown": True}], "s": {"$secret": "f"}})
    found = difference(plan(one), plan(one))
    assert found == Difference(secrets_compared=True)


def test_resources_come_and_go() -> None:
    found = difference(plan(thing("one"), thing("two")), plan(thing("two"), thing("three")))
    assert found.added == (thing("three"),)
    assert found.removed == (thing("one"),)
    assert found.changed == ()


def test_an_alias_makes_a_move_of_it() -> None:
    old = thing("old", inputs={"a": 1})
    new = thing("new", inputs={"a": 2}, options=ResourceOptions(aliases=(old.urn,)))
    found = difference(plan(old), plan(new))
    assert found.moved == (Moved(before=old.urn, after=new.urn),)
    assert (found.added, found.removed) == ((), ())
    assert {change.path for change in found.changed[0].changes} == {"inputs.a", "options.aliases[0]"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 2}, [("inputs.a", Kind.CHANGED)]),
        ({}, {"a": 2}, [("inputs.a", Kind.ADDED)]),
        ({"a": 1}, {}, [("inputs.a", Kind.REMOVED)]),
        ({"a": [{"b": 1}, 2]}, {"a": [{"b": 3}]}, [("inputs.a[0].b", Kind.CHANGED), ("inputs.a[1]", Kind.REMOVED)]),
        ({"tags": {"a.b": 1}}, {"tags": {"a.b": 2}}, [('inputs.tags["a.b"]', Kind.CHANGED)]),
        ({"m": {"$map": {"$x": 1}}}, {"m": {"$map": {"$x": 2}}}, [("inputs.m.$x", Kind.CHANGED)]),
        ({"m": {"$map": {"$unknown": True}}}, {"m": 1}, [("inputs.m", Kind.CHANGED)]),
        ({"a": {"$unknown": True}}, {"a": 1}, [("inputs.a", Kind.UNKNOWN)]),
        ({"a": 1}, {"a": {"$unknown": True}}, [("inputs.a", Kind.UNKNOWN)]),
        ({"a": {"$unknown": True}}, {"a": {"$unknown": True}}, []),
        ({"s": {"$secret": "f"}}, {"s": {"$secret": "g"}}, [("inputs.s", Kind.SECRET)]),
        ({"s": {"$secret": "f"}}, {"s": "plain"}, [("inputs.s", Kind.CHANGED)]),
        ({"a": None}, {}, []),
    ],
)
def test_every_changed_property_is_named(before: Any, after: Any, expected: list[tuple[str, Kind]]) -> None:
    assert [(change.path, change.kind) for change in changes(before, after)] == expected


def test_secrets_of_different_keys_are_not_compared() -> None:
    assert changes({"s": {"$secret": "f"}}, {"s": {"$secret": "g"}}, other_key=True) == ()
    assert not difference(plan(key="k"), plan(key="l")).secrets_compared


def test_options_parents_and_outputs_count() -> None:
    protected = thing("one", options=ResourceOptions(protect=True))
    found = difference(plan(thing("one"), outputs={"x": 1}), plan(protected, outputs={"x": 2}))
    assert [(each.urn, [change.path for change in each.changes]) for each in found.changed] == [
        (protected.urn, ["options.protect"])
    ]
    assert [change.path for change in found.outputs["toy-dev"]] == ["outputs.x"]
