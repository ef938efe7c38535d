"""`metro bench harden`: hosts hardened from the golden image, and in turns bare ones by plain `ansible-playbook`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from operations.bench.harden.field import fresh_field
from operations.bench.harden.image_cost import build_seconds
from operations.bench.harden.judging import Judgement, failing, judge, refuse_unless_alike
from operations.bench.harden.machines import choose, sizes
from operations.bench.harden.sides import Hardened, harden_bare, harden_from_image
from operations.bench.measures import Comparison, exponent, say_comparison
from operations.console import Console
from operations.hosts.bare_image import ensure_bare_image
from operations.hosts.ground import make_ground
from operations.hosts.image import ensure_image
from operations.hosts.judges.kit import make_kit
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier, announcement

TARGETS: Final = {"hosts": 16, "ratio": 4.0}
ANCHOR = "ansible-playbook on bare hosts"


@dataclass
class _Size:
    """Both sides' runs on so many hosts."""

    ours: list[Hardened] = field(default_factory=list)
    anchor: list[Hardened] = field(default_factory=list)
    tests: int = 0
    """Answers of the judges that were compared, OpenSCAP's in the first run alone."""
    failing: list[dict[str, str]] = field(default_factory=list)
    """What holds on neither side."""
    lynis: dict[str, dict[str, int]] = field(default_factory=dict)
    """Lynis' hardening index of both sides, by host."""

    def comparison(self, of: Callable[[Hardened], float]) -> Comparison:
        return Comparison([of(each) for each in self.ours], [of(each) for each in self.anchor])


@dataclass(frozen=True)
class _Ground:
    """What every run of one bench is made from."""

    chosen: ChosenTerritory
    golden: Path
    bare: Path
    kit: Path
    """OpenSCAP and Lynis, to be carried into hosts."""
    console: Console


def run_harden_bench(territory: str, hosts: Sequence[str], runs: int, *, build: bool, as_json: bool) -> None:
    """Harden so many hosts both ways in turns, have both judged, print what came of it.

    Raises `InputError` for a number of hosts the territory does not have, `MachineError` where no host can run,
    `AnswerNo` when a side fails, or the judges do not say the same of both.
    """
    console = Console(as_json=as_json)
    chosen = choose_territory(territory)
    numbers = sizes(hosts, chosen.model)
    console.say(announcement(Tier.HOST))
    with tempfile.TemporaryDirectory(prefix="metropole-kit-") as directory:
        ground = _prepare(chosen, Path(directory, "kit"), console)
        building = None
        if build:
            with console.step("Building the golden image once more") as progress:
                building = build_seconds(progress)
        found = {number: _in_turns(ground, number, runs) for number in numbers}
    for number, size in found.items():
        _say(console, number, size, building)
    result: dict[str, object] = {
        "bench": "harden",
        "tier": str(Tier.HOST),
        "territory": chosen.model.name,
        "anchor_is": ANCHOR,
        "image_build_seconds": building and round(building, 1),
        "sizes": {str(number): _as_json(size, building) for number, size in found.items()},
        "target": TARGETS,
    }
    if len(found) > 1:
        result["exponent"] = _exponents(found)
        console.say("cost grows with hosts to the power of {ours} and {anchor}".format(**_exponents(found)))
    console.result(result)


def _prepare(chosen: ChosenTerritory, kit: Path, console: Console) -> _Ground:
    with console.step("Making the host tier's ground ready") as progress:
        make_ground(progress)
    with console.step("Making the golden image ready") as progress:
        golden = ensure_image(progress).tree
    with console.step("Making the bare image ready") as progress:
        bare = ensure_bare_image(progress)
    with console.step("Gathering the judges") as progress:
        make_kit(kit, progress)
    return _Ground(chosen, golden, bare, kit, console)


def _in_turns(ground: _Ground, number: int, runs: int) -> _Size:
    size = _Size()
    for turn in range(1, runs + 1):
        one_side = partial(_one_side, ground, number, audited=turn == 1)
        ours = one_side(f"run {turn}, ours", ground.golden, harden_from_image, size.ours)
        anchor = one_side(f"run {turn}, {ANCHOR}", ground.bare, harden_bare, size.anchor)
        refuse_unless_alike(ours.verdicts, anchor.verdicts)
        if turn == 1:
            size.tests, size.failing = len(ours.verdicts), failing(ours.verdicts)
            size.lynis = {host: {"ours": index, "anchor": anchor.indices[host]} for host, index in ours.indices.items()}
    return size


def _one_side(
    ground: _Ground,
    number: int,
    what: str,
    tree: Path,
    harden: Callable[..., Hardened],
    found: list[Hardened],
    *,
    audited: bool,
) -> Judgement:
    """One side's run. `audited`: by OpenSCAP and Lynis too, which say the same each time and take a minute a host."""
    chosen, console = ground.chosen, ground.console
    with fresh_field(chosen.model, choose(chosen.model, number), tree, console) as there:
        with console.step(f"Hardening {number} hosts, {what}"):
            taken = harden(there)
        console.say(
            f"{what}: {taken.seconds:.1f} s (of processors {taken.controller_seconds:.1f} s here, "
            f"{taken.host_seconds:.1f} s on hosts), {taken.tasks} tasks, {taken.changed} changed something, "
            f"{taken.runs} runs of Ansible; booted in {there.boot_seconds:.1f} s"
        )
        found.append(taken)
        with console.step(f"Judging {number} hosts") as progress:
            return judge(there, chosen, ground.kit if audited else None, progress)


def _say(console: Console, number: int, size: _Size, building: float | None) -> None:
    say_comparison(console, f"{number} hosts: ", ANCHOR, size.comparison(_seconds))
    say_comparison(console, f"{number} hosts, of processors: ", ANCHOR, size.comparison(_processor_seconds))
    if building is not None:
        counted = _with_build(size, building)
        say_comparison(console, f"{number} hosts and the image's {building:.0f} s: ", ANCHOR, counted)
    pace, rate = _both(size, _tasks_a_second), _both(size, _hosts_a_minute)
    console.say(
        f"{number} hosts: {pace['ours']} host-tasks a second and {rate['ours']} hosts a minute, "
        f"{ANCHOR} {pace['anchor']} and {rate['anchor']}"
    )
    console.say(
        f"{number} hosts: {size.tests} answers of the judges alike on both sides, {len(size.failing)} of them a failure"
    )
    for host, index in size.lynis.items():
        console.say(f"{host}: Lynis' index {index['ours']}, after {ANCHOR} {index['anchor']}")


def _as_json(size: _Size, building: float | None) -> dict[str, object]:
    wall = size.comparison(_seconds)
    return {
        **wall.as_json(digits=1),
        "image_build_counted": building and _with_build(size, building).as_json(digits=1),
        "processor": {
            "controller": size.comparison(lambda each: each.controller_seconds).as_json(digits=1),
            "hosts": size.comparison(lambda each: each.host_seconds).as_json(digits=1),
            "both": size.comparison(_processor_seconds).as_json(digits=1),
        },
        "tasks": _both(size, lambda each: each.tasks),
        "changed": _both(size, lambda each: each.changed),
        "host_tasks_a_second": _both(size, _tasks_a_second),
        "hosts_a_minute": _both(size, _hosts_a_minute),
        "ansible_runs": [each.runs for each in size.ours],
        "judged": {"answers": size.tests, "alike": True, "failing": size.failing, "lynis": size.lynis},
    }


def _with_build(size: _Size, building: float) -> Comparison:
    """The anchor's bare image is not counted: who has bare hosts was given them."""
    wall = size.comparison(_seconds)
    return Comparison([seconds + building for seconds in wall.ours], wall.anchor)


def _both(size: _Size, of: Callable[[Hardened], float]) -> dict[str, float]:
    found = size.comparison(of)
    return {"ours": round(median(found.ours), 1), "anchor": round(median(found.anchor), 1)}


def _exponents(found: dict[int, _Size]) -> dict[str, float]:
    walls = {float(number): size.comparison(_seconds) for number, size in found.items()}
    return {
        "ours": round(exponent({number: median(wall.ours) for number, wall in walls.items()}), 2),
        "anchor": round(exponent({number: median(wall.anchor) for number, wall in walls.items()}), 2),
    }


def _seconds(taken: Hardened) -> float:
    return taken.seconds


def _tasks_a_second(taken: Hardened) -> float:
    return taken.tasks / taken.seconds


def _hosts_a_minute(taken: Hardened) -> float:
    return taken.hosts * 60 / taken.seconds


def _processor_seconds(taken: Hardened) -> float:
    return taken.controller_seconds + taken.host_seconds
