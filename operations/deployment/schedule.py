"""The order of a territory's stacks: each as soon as what it stands on is done, independent ones side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from operations.errors import InputError
from stacks.layers import LAYERS, LayerStack
from territory.errors import nearest

Result = TypeVar("Result")

POLL_S = 0.2
"""The main thread wakes this often, for a signal is only ever handled there."""


def select_stacks(stacks: Sequence[LayerStack], only: Iterable[str]) -> tuple[LayerStack, ...]:
    """The stacks asked for by layer or by layer and part (`communes`, `communes-graves`), or all; in their order.

    Raises `InputError` for one that does not exist.
    """
    wanted = frozenset(only)
    if not wanted:
        return tuple(stacks)
    choices = tuple(dict.fromkeys(choice for stack in stacks for choice in (stack.layer, stack.choice)))
    for choice in sorted(wanted):
        if choice not in choices:
            near = nearest(choice, choices)
            raise InputError(
                f"there is no layer or part of one called {choice!r}" + (f"; nearest: {near}" if near else ""),
                f"choose among: {', '.join(choices)}",
            )
    return tuple(stack for stack in stacks if not wanted.isdisjoint((stack.layer, stack.choice)))


def with_upstream(stacks: Sequence[LayerStack], chosen: Collection[LayerStack]) -> tuple[LayerStack, ...]:
    """The chosen ones and all that they build on; `stacks` are in their order."""
    wanted = {stack.name for stack in chosen}
    for stack in reversed(stacks):
        if stack.name in wanted:
            wanted.update(stack.upstream)
    return tuple(stack for stack in stacks if stack.name in wanted)


def inside_hosts(stacks: Sequence[LayerStack]) -> frozenset[str]:
    """The names of those whose resources are inside hosts."""
    return frozenset(stack.name for stack in stacks if LAYERS[stack.layer].hosts)


def without_hosts(stacks: Sequence[LayerStack]) -> tuple[LayerStack, ...]:
    """Those that need no host to run."""
    inside = inside_hosts(stacks)
    return tuple(stack for stack in stacks if stack.name not in inside)


def reversed_graph(upstream: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """For each stack those that stand on it: the order of taking down."""
    after: dict[str, list[str]] = {stack: [] for stack in upstream}
    for stack, below in upstream.items():
        for other in below:
            after[other].append(stack)
    return {stack: tuple(above) for stack, above in after.items()}


def run_in_order(
    stacks: Collection[str],
    after: Mapping[str, Collection[str]],
    work: Callable[[str], Result],
    succeeded: Callable[[Result], bool],
    skip: Callable[[str], Result],
    *,
    parallel: int,
) -> dict[str, Result]:
    """Run `work` on every stack once those of `stacks` it comes after have succeeded.

    A stack whose predecessor did not succeed is skipped, and so is what comes after it; independent ones go on. An
    exception of `work`, or a signal in the main thread, leaves only after every stack that was begun has ended.
    """
    results: dict[str, Result] = {}
    running: dict[Future[Result], str] = {}
    with ThreadPoolExecutor(max_workers=parallel, thread_name_prefix="stack") as pool:
        while len(results) < len(stacks):
            for stack in stacks:
                if stack in results or stack in running.values():
                    continue
                before = [other for other in after.get(stack, ()) if other in stacks]
                if all(other in results for other in before):
                    if all(succeeded(results[other]) for other in before):
                        running[pool.submit(work, stack)] = stack
                    else:
                        results[stack] = skip(stack)
            if not running:
                continue
            done, _ = wait(running, timeout=POLL_S, return_when=FIRST_COMPLETED)
            for future in done:
                results[running.pop(future)] = future.result()
    return {stack: results[stack] for stack in stacks}
