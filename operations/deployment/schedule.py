"""The order of a territory's layers: each as soon as what it stands on is done, independent ones side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from operations.errors import InputError

Result = TypeVar("Result")

POLL_S = 0.2
"""The main thread wakes this often, for a signal is only ever handled there."""


def select_layers(upstream: Mapping[str, Collection[str]], only: Iterable[str]) -> tuple[str, ...]:
    """The layers asked for by name, or all of them, in an order in which each comes after its upstream."""
    wanted = tuple(only) or tuple(upstream)
    unknown = [layer for layer in wanted if layer not in upstream]
    if unknown:
        raise InputError(f"there is no layer {unknown[0]!r}", f"choose among: {', '.join(upstream)}")
    ordered: list[str] = []
    while len(ordered) < len(upstream):
        ready = [layer for layer in upstream if layer not in ordered and set(upstream[layer]) <= set(ordered)]
        if not ready:
            raise InputError(f"layers depend on each other in a circle: {sorted(set(upstream) - set(ordered))}")
        ordered += ready
    return tuple(layer for layer in ordered if layer in wanted)


def reversed_graph(upstream: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """For each layer those that stand on it: the order of taking down."""
    return {layer: tuple(other for other in upstream if layer in upstream[other]) for layer in upstream}


def run_in_order(
    layers: Collection[str],
    after: Mapping[str, Collection[str]],
    work: Callable[[str], Result],
    succeeded: Callable[[Result], bool],
    skip: Callable[[str], Result],
    *,
    parallel: int,
) -> dict[str, Result]:
    """Run `work` on every layer once those of `layers` it comes after have succeeded.

    A layer whose predecessor did not succeed is skipped, and so is what comes after it; independent ones go on. An
    exception of `work`, or a signal in the main thread, leaves only after every layer that was begun has ended.
    """
    results: dict[str, Result] = {}
    running: dict[Future[Result], str] = {}
    with ThreadPoolExecutor(max_workers=parallel, thread_name_prefix="stack") as pool:
        while len(results) < len(layers):
            for layer in layers:
                if layer in results or layer in running.values():
                    continue
                before = [other for other in after.get(layer, ()) if other in layers]
                if all(other in results for other in before):
                    if all(succeeded(results[other]) for other in before):
                        running[pool.submit(work, layer)] = layer
                    else:
                        results[layer] = skip(layer)
            if not running:
                continue
            done, _ = wait(running, timeout=POLL_S, return_when=FIRST_COMPLETED)
            for future in done:
                results[running.pop(future)] = future.result()
    return {layer: results[layer] for layer in layers}
