from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from planning import wire
from planning.values import UNKNOWN, FingerprintKey, contains_unknown, is_secret, is_unknown, without_fingerprints

KEY = FingerprintKey(b"one")
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def test_markers() -> None:
    assert KEY.value(wire.UNKNOWN) == UNKNOWN
    assert is_unknown(KEY.value(wire.UNKNOWN))
    assert is_secret(KEY.value(wire.secret("hunter2")))
    assert KEY.value({wire.SIGNATURE: wire.RESOURCE, "urn": "u", "id": wire.UNKNOWN}) == {
        "$resource": {"urn": "u", "id": UNKNOWN}
    }
    assert KEY.value({wire.SIGNATURE: wire.ASSET, "text": "t"}) == {"$asset": {"text": "t"}}
    assert KEY.value({wire.SIGNATURE: wire.OUTPUT, "value": "v", "dependencies": ["u"]}) == "v"


def test_a_program_cannot_forge_a_marker() -> None:
    assert KEY.value({"$unknown": True}) == {"$map": {"$unknown": True}}
    assert not is_unknown(KEY.value({"$unknown": True}))
    assert KEY.value({"$map": {"$secret": "x"}}) == {"$map": {"$map": {"$map": {"$secret": "x"}}}}


def test_a_fingerprint_says_only_whether_two_secrets_are_equal() -> None:
    one, same, other = (KEY.value(wire.secret(text)) for text in ("hunter2", "hunter2", "hunter3"))
    assert one == same
    assert one != other
    assert one != FingerprintKey(b"two").value(wire.secret("hunter2"))
    assert FingerprintKey(b"one").id == KEY.id
    assert FingerprintKey(b"two").id != KEY.id
    assert FingerprintKey().id != FingerprintKey().id


def test_a_secret_that_is_not_known_has_no_fingerprint() -> None:
    assert KEY.value(wire.secret(wire.UNKNOWN)) == {"$secret": None}
    assert KEY.value(wire.secret({"a": [wire.UNKNOWN]})) == {"$secret": None}


def test_unknowns_are_found_however_deep() -> None:
    assert contains_unknown(KEY.value({"a": [{"b": wire.UNKNOWN}]}))
    assert not contains_unknown(KEY.value({"a": [{"b": wire.secret("x")}]}))
    assert without_fingerprints(KEY.value({"a": [wire.secret("x")]})) == {"a": [{"$secret": None}]}


@given(json_values)
def test_what_is_marked_secret_never_shows(value: Any) -> None:
    marked = KEY.value(
        {"before": 1, "hidden": wire.secret({"needle": "n33dle", "rest": value}), "list": [wire.secret(value)]}
    )
    assert "n33dle" not in json.dumps(marked)
    assert set(marked["hidden"]) == {"$secret"}
    assert set(marked["list"][0]) == {"$secret"}


@given(json_values)
def test_upgrading_and_downgrading_changes_nothing(value: Any) -> None:
    properties = {
        "plain": value,
        "secret": wire.secret(value),
        "deep": [{"unknown": wire.UNKNOWN, "s": wire.secret(1)}],
    }
    assert wire.downgraded(wire.upgraded(properties)) == properties


@given(json_values)
def test_packing_and_unpacking_changes_nothing(value: Any) -> None:
    assert wire.plain_map(wire.packed({"value": value})) == {"value": value}


def test_dependencies_ride_on_output_values() -> None:
    value = wire.with_dependencies({"a": 1}, ["urn:1"])
    assert wire.output_dependencies([value, {"b": wire.with_dependencies(2, ["urn:2"])}]) == {"urn:1", "urn:2"}
    assert wire.with_dependencies(value, ["urn:1"]) is value
    assert wire.downgraded(value) == {"a": 1}
