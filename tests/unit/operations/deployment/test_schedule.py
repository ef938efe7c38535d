"""Layers in order, side by side where they allow it, and going on where they can."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.deployment.schedule import reversed_graph, run_in_order, select_stacks, with_upstream
from operations.errors import InputError
from stacks.layers import LayerStack

UPSTREAM = {"datacenters": (), "network": ("datacenters",), "services": ("datacenters",)}


def run(failing: set[str], after: dict[str, tuple[str, ...]], layers: list[str]) -> tuple[dict[str, str], list[str]]:
    order: list[str] = []

    def work(layer: str) -> str:
        order.append(layer)
        return "failed" if layer in failing else "done"

    results = run_in_order(layers, after, work, lambda result: result == "done", lambda _layer: "skipped", parallel=2)
    return results, order


def test_a_layer_comes_after_what_it_stands_on() -> None:
    results, order = run(set(), UPSTREAM, list(UPSTREAM))
    assert order[0] == "datacenters"
    assert set(results.values()) == {"done"}
    _, back = run(set(), reversed_graph(UPSTREAM), list(UPSTREAM))
    assert back[-1] == "datacenters"


def test_what_stands_on_a_failure_is_skipped_and_the_rest_goes_on() -> None:
    chain = {"a": (), "b": ("a",), "c": ("b",), "d": ()}
    results, order = run({"a"}, chain, list(chain))
    assert results == {"a": "failed", "b": "skipped", "c": "skipped", "d": "done"}
    assert sorted(order) == ["a", "d"]


def test_a_layer_asked_for_alone_does_not_wait_for_those_left_out() -> None:
    results, _ = run(set(), UPSTREAM, ["services"])
    assert results == {"services": "done"}


def test_independent_layers_run_side_by_side_but_no_more_than_allowed() -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def work(_layer: str) -> bool:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        with lock:
            now[0] -= 1
        return True

    run_in_order([str(n) for n in range(6)], {}, work, bool, lambda _layer: False, parallel=3)
    assert most[0] == 3


def test_a_defect_leaves_only_after_what_was_begun_has_ended() -> None:
    ended = threading.Event()

    def work(layer: str) -> bool:
        if layer == "broken":
            raise RuntimeError("a defect")
        time.sleep(0.2)
        ended.set()
        return True

    with pytest.raises(RuntimeError, match="a defect"):
        run_in_order(["slow", "broken"], {}, work, bool, lambda _layer: False, parallel=2)
    assert ended.is_set()


@given(st.integers(1, 8).flatmap(lambda size: st.lists(st.sets(st.integers(0, 7)), min_size=size, max_size=size)))
def test_any_graph_without_circles_is_run_in_an_order_that_respects_it(edges: list[set[int]]) -> None:
    graph = {str(n): tuple(str(other) for other in others if other < n) for n, others in enumerate(edges)}
    results, order = run(set(), graph, list(graph))
    assert set(results.values()) == {"done"}
    for layer, before in graph.items():
        assert all(order.index(other) < order.index(layer) for other in before)


STACKS = (
    LayerStack("toy", "network"),
    LayerStack("toy", "communes", "north", ("toy-network",)),
    LayerStack("toy", "communes", "south", ("toy-network",)),
)


@pytest.mark.parametrize(
    ("only", "chosen"),
    [
        ((), ["toy-network", "toy-communes-north", "toy-communes-south"]),
        (("communes",), ["toy-communes-north", "toy-communes-south"]),
        (("communes-south", "network"), ["toy-network", "toy-communes-south"]),
    ],
)
def test_stacks_are_chosen_by_layer_or_by_part(only: tuple[str, ...], chosen: list[str]) -> None:
    assert [stack.name for stack in select_stacks(STACKS, only)] == chosen


def test_what_is_chosen_comes_with_all_it_builds_on() -> None:
    last = LayerStack("toy", "edge", None, ("toy-communes-south",))
    found = with_upstream((*STACKS, last), [last])
    assert [stack.name for stack in found] == ["toy-network", "toy-communes-south", "toy-edge"]
    assert with_upstream(STACKS, []) == ()


def test_an_unknown_layer_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="'communes-sout'; nearest: communes-south") as refusal:
        select_stacks(STACKS, ("communes-sout",))
    assert refusal.value.remedy == "choose among: network, communes, communes-north, communes-south"
