"""Create, read, update and delete over declarations: what the world kept is what the state gets."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from pulumi.provider.experimental.property_value import PropertyValue

from providers.logic import PartialFailure, ProviderError
from tests.unit.framework.toy import FIND, TOKEN, URN, ToyProvider
from twin.framework.deadline import Deadline
from twin.framework.values import UNKNOWN, plain_map, wrap


def _inputs(toy: ToyProvider, **values: Any) -> dict[str, PropertyValue]:
    result = toy.check(
        URN, TOKEN, {}, {name: wrap(value) for name, value in {"name": "a", "size": 2, **values}.items()}
    )
    assert not result.failures
    return dict(result.inputs)


def test_outputs_are_what_the_world_kept(toy: ToyProvider) -> None:
    made = toy.create(URN, TOKEN, _inputs(toy, password="s"), False, 0)
    assert made.id == "a"
    assert plain_map(made.properties) == {
        "name": "a", "size": 2, "colour": "blue", "password": "s", "serial": "no-a", "revision": 1,
    }  # fmt: skip
    assert made.properties["password"].is_secret


def test_a_preview_touches_nothing_and_knows_what_it_does_not_know(toy: ToyProvider) -> None:
    made = toy.create(URN, TOKEN, _inputs(toy, parts=[{"kind": "lid"}]), True, 0)
    assert made.id == ""
    assert toy.shelf.boxes == {}
    shown = plain_map(made.properties)
    assert shown["serial"] is UNKNOWN
    assert shown["parts"] == [{"kind": "lid", "count": 1, "mark": UNKNOWN}]


def test_what_the_world_dropped_is_an_error_that_names_it(toy: ToyProvider) -> None:
    toy.shelf.forgets = {"colour"}
    with pytest.raises(PartialFailure) as failure:
        toy.create(URN, TOKEN, _inputs(toy, colour="red"), False, 0)
    assert failure.value.id == "a"
    assert failure.value.reasons == ("`colour` was asked to be 'red', but the world keeps None",)
    assert "colour" not in failure.value.properties


def test_a_later_step_that_fails_keeps_the_object(toy: ToyProvider) -> None:
    toy.shelf.breaks = "no glue"
    with pytest.raises(PartialFailure) as failure:
        toy.create(URN, TOKEN, _inputs(toy), False, 0)
    assert failure.value.reasons == ("the shelf says: no glue",)
    assert plain_map(failure.value.properties)["size"] == 2


def test_nothing_that_exists_is_adopted(toy: ToyProvider) -> None:
    toy.create(URN, TOKEN, _inputs(toy), False, 0)
    with pytest.raises(ProviderError, match="already exists"):
        toy.create(URN, TOKEN, _inputs(toy), False, 0)


def test_drift_shows_in_inputs_and_outputs(toy: ToyProvider) -> None:
    inputs = _inputs(toy, labels=["x", "y"])
    made = toy.create(URN, TOKEN, inputs, False, 0)
    toy.shelf.boxes["a"] |= {"size": 7, "labels": ["y", "x"], "notes": {"k": "v"}}
    seen = toy.read(URN, TOKEN, "a", inputs, made.properties)
    assert plain_map(seen.inputs)["size"] == 7
    assert plain_map(seen.inputs)["labels"] == ["x", "y"]
    assert "notes" not in seen.inputs
    assert plain_map(seen.properties)["notes"] == {"k": "v"}
    changes = toy.diff(URN, TOKEN, "a", seen.inputs, seen.properties, inputs, []).changes
    assert sorted(changes) == ["notes", "size"]


def test_what_is_gone_reads_as_gone_and_deletes_in_peace(toy: ToyProvider) -> None:
    inputs = _inputs(toy)
    made = toy.create(URN, TOKEN, inputs, False, 0)
    toy.shelf.boxes.clear()
    assert toy.read(URN, TOKEN, "a", inputs, made.properties).id == ""
    toy.delete(URN, TOKEN, "a", inputs, made.properties, 0)


def test_an_update_is_told_what_differs(toy: ToyProvider) -> None:
    made = toy.create(URN, TOKEN, _inputs(toy), False, 0)
    after = _inputs(toy, size=5)
    shown = toy.update(URN, TOKEN, "a", {}, made.properties, after, True, 0)
    assert plain_map(shown)["revision"] is UNKNOWN
    assert plain_map(shown)["serial"] == "no-a"
    assert toy.shelf.updates == []
    assert plain_map(toy.update(URN, TOKEN, "a", {}, made.properties, after, False, 0))["size"] == 5
    assert toy.shelf.updates == [frozenset({"size"})]


@pytest.mark.parametrize("id_", ["/a", "a"])
def test_an_import_yields_the_inputs_a_program_needs(toy: ToyProvider, id_: str) -> None:
    toy.create(URN, TOKEN, _inputs(toy, parts=[{"kind": "lid"}]), False, 0)
    seen = toy.read(URN, TOKEN, id_, {}, {})
    assert seen.id == "a"
    assert plain_map(seen.inputs) == {
        "name": "a", "size": 2, "colour": "blue", "parts": [{"kind": "lid", "count": 1}], "__defaults": ["colour"],
    }  # fmt: skip
    assert not toy.diff(URN, TOKEN, "a", seen.inputs, seen.properties, seen.inputs, []).changes


def test_identity(toy: ToyProvider) -> None:
    inputs = _inputs(toy)
    assert toy.identify(TOKEN, inputs) is None
    toy.create(URN, TOKEN, inputs, False, 0)
    assert toy.identify(TOKEN, inputs) == "a"
    assert toy.identifiable_types() == {TOKEN}


def test_a_cancelled_provider_starts_nothing(toy: ToyProvider) -> None:
    toy.cancel()
    with pytest.raises(ProviderError, match="cancelled while starting"):
        toy.create(URN, TOKEN, _inputs(toy), False, 0)
    assert toy.shelf.boxes == {}


def test_a_deadline_wakes_up_when_cancelled_and_ends_when_over() -> None:
    flag = threading.Event()
    threading.Timer(0.05, flag.set).start()
    with pytest.raises(ProviderError, match="cancelled while waiting"):
        Deadline.after(30, flag).pause(20, "waiting")
    with pytest.raises(ProviderError, match="timed out while waiting"):
        Deadline.after(0.01, threading.Event()).pause(20, "waiting")


def test_a_data_source_looks(toy: ToyProvider) -> None:
    with pytest.raises(ProviderError, match="not found"):
        toy.invoke(FIND, {"name": wrap("a")})
    toy.create(URN, TOKEN, _inputs(toy), False, 0)
    assert plain_map(toy.invoke(FIND, {"name": wrap("a")})[0]) == {"id": "a"}
