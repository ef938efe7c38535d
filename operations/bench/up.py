"""`metro bench up`: a territory's stacks, as `metro up` runs them, against one stack that holds the same."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from operations.bench.change import Change, one_change
from operations.bench.ground import Ground, Measured, fresh_ground
from operations.bench.measures import Comparison, say_comparison
from operations.console import Console
from operations.deployment.schedule import without_hosts
from operations.errors import AnswerNo
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier, announcement
from stacks.layers import stacks_of
from territory.generation import Documents, read_documents, scaled, write_territory

PARALLEL = (8, 16, 32, 64)
"""Steps the one stack's engine is let take at a time; which is best depends on the machine."""
FROM_NOTHING = "from_nothing"
ONE_CHANGE = "one_change"
"""One commune changed, compared with the world first, as `metro up` does unless told otherwise."""
ONE_CHANGE_UNREFRESHED = "one_change_without_refresh"
TARGETS = {FROM_NOTHING: 1.5, ONE_CHANGE: 8.0}
TARGET_AT_FOUR_TIMES = 3.0


@dataclass
class _Runs:
    """Both sides' runs, by scenario."""

    ours: defaultdict[str, list[Measured]] = field(default_factory=lambda: defaultdict(list))
    anchor: defaultdict[str, list[Measured]] = field(default_factory=lambda: defaultdict(list))
    resources: int = 0


def run_up_bench(
    territory: str, runs: int, communes: int | None, parallel: Sequence[int], until: float | None, *, as_json: bool
) -> None:
    """Deploy both ways in turns on twins of their own, change one commune, print what came of it.

    With `until`, the one stack is stopped once it has taken that many times as long as ours from nothing.
    """
    console = Console(as_json=as_json)
    console.say(announcement(Tier.API))
    documents = read_documents(choose_territory(territory).reference)
    if communes is not None:
        documents = scaled(documents, communes)
    with tempfile.TemporaryDirectory(prefix="metropole-bench-territory-") as place:
        folder = Path(place)
        change = one_change(documents)
        best, tried = _best_parallel(documents, folder, parallel, console)
        found = _Runs()
        for run in range(runs):
            console.say(f"run {run + 1} of {runs}")
            _run_ours(documents, folder, change, found, console)
            _run_anchor(documents, folder, change, best, until, found, console)
    scenarios = (FROM_NOTHING, ONE_CHANGE, ONE_CHANGE_UNREFRESHED)
    chosen = {name: _comparison(found, name) for name in scenarios if found.anchor[name]}
    for name, comparison in chosen.items():
        say_comparison(console, f"{name}: ", f"one stack, --parallel {best},", comparison)
    stopped = sum(not measured.finished for measured in found.anchor[FROM_NOTHING])
    if stopped:
        console.say(f"{FROM_NOTHING}: the one stack was stopped in {stopped} runs, so the ratio is at least that")
    console.result(
        {
            "bench": "up",
            "tier": str(Tier.API),
            "territory": territory,
            "communes": len(documents["communes.yaml"]["communes"]),
            "resources": found.resources,
            "anchor_stopped": stopped,
            "anchor_parallel": {"best": best, "seconds": tried},
            "scenarios": {name: comparison.as_json() for name, comparison in chosen.items()},
            "memory_mib": _memory(found),
            "change": change.what,
            "target": {**TARGETS, "from_nothing_at_4_times_the_communes": TARGET_AT_FOUR_TIMES},
        }
    )


def _best_parallel(
    documents: Documents, folder: Path, candidates: Sequence[int], console: Console
) -> tuple[int, dict[int, float]]:
    """The number of steps at a time with which the one stack is up first; with a single candidate, that one."""
    if len(candidates) == 1:
        return candidates[0], {}
    tried: dict[int, float] = {}
    for parallel in candidates:
        with fresh_ground(_territory(documents, folder), console) as ground:
            ground.prepare_anchor()
            tried[parallel] = round(ground.anchor(parallel).seconds, 1)
        console.say(f"one stack, --parallel {parallel}: {tried[parallel]:.1f} s")
    return min(tried, key=lambda parallel: tried[parallel]), tried


def _run_ours(documents: Documents, folder: Path, change: Change, found: _Runs, console: Console) -> None:
    territory = _territory(documents, folder)
    with fresh_ground(territory, console) as ground:
        found.ours[FROM_NOTHING].append(ground.ours("--no-refresh", weighed=True))
        _count(found, ground, [stack.name for stack in without_hosts(stacks_of(territory.model))])
        write_territory(change.documents, folder)
        found.ours[ONE_CHANGE].append(ground.ours("--refresh", *change.options))
        write_territory(documents, folder)
        found.ours[ONE_CHANGE_UNREFRESHED].append(ground.ours("--no-refresh", *change.options))
    _say(console, "ours", found.ours)


def _run_anchor(
    documents: Documents,
    folder: Path,
    change: Change,
    parallel: int,
    until: float | None,
    found: _Runs,
    console: Console,
) -> None:
    stop_after_s = found.ours[FROM_NOTHING][-1].seconds * until if until else None
    with fresh_ground(_territory(documents, folder), console) as ground:
        ground.prepare_anchor()
        first = ground.anchor(parallel, stop_after_s=stop_after_s, weighed=True)
        found.anchor[FROM_NOTHING].append(first)
        if not first.finished:
            return
        _count(found, ground, [ground.one_stack])
        write_territory(change.documents, folder)
        found.anchor[ONE_CHANGE].append(ground.anchor(parallel, "--refresh"))
        write_territory(documents, folder)
        found.anchor[ONE_CHANGE_UNREFRESHED].append(ground.anchor(parallel))
    _say(console, "one stack", found.anchor)


def _territory(documents: Documents, folder: Path) -> ChosenTerritory:
    return choose_territory(str(write_territory(documents, folder)))


def _count(found: _Runs, ground: Ground, stacks: Sequence[str]) -> None:
    """Both sides have to hold as many resources, in each run."""
    count = ground.deployed(stacks)
    if found.resources and count != found.resources:
        raise AnswerNo(f"{', '.join(stacks)}: {count} resources, and {found.resources} on the other side")
    found.resources = count


def _comparison(found: _Runs, scenario: str) -> Comparison:
    return Comparison(
        [measured.seconds for measured in found.ours[scenario]],
        [measured.seconds for measured in found.anchor[scenario]],
    )


def _memory(found: _Runs) -> dict[str, dict[str, float]]:
    """Side to its peaks from nothing, which no change of one commune comes near."""
    weighed = {
        side: [measured.memory for measured in runs[FROM_NOTHING] if measured.memory]
        for side, runs in (("ours", found.ours), ("anchor", found.anchor))
    }
    return {
        side: {"up": median(each.up for each in peaks), "daemon": median(each.daemon for each in peaks)}
        for side, peaks in weighed.items()
    }


def _say(console: Console, side: str, runs: dict[str, list[Measured]]) -> None:
    told = ", ".join(f"{name} {measured[-1].seconds:.1f} s" for name, measured in runs.items())
    memory = runs[FROM_NOTHING][-1].memory
    console.say(f"{side}: {told}" + (f"; at most {memory.up} MiB" if memory else ""))
