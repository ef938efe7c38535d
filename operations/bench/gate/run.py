"""`metro bench gate`: our rules against the same in Rego, our dispatcher against CrossGuard's, a warm Checkov."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from operations.bench.gate.checkov import compare_checkov
from operations.bench.gate.crossguard import compare_policies
from operations.bench.gate.opa import ARRANGEMENTS, Opa, opa
from operations.bench.gate.questions import agreed, asked_about, our_answers, ten_rules, variants
from operations.bench.measures import Comparison, say_comparison, spread
from operations.console import Console, Progress
from operations.engine.toolchain import ensure_rego
from operations.offline_plan import plan_offline, twin_settings
from operations.territories import choose_territory
from operations.tiers import Tier, announcement
from planning.plan import PlannedResource
from policies.catalogue import all_rules
from policies.judge import judge, views
from policies.rule import Rule
from policies.subjects import Stack
from territory.model import Territory

TARGETS: Final = {"opa": 1.0, "crossguard": 5.0, "checkov": 2.0}


def run_gate_bench(territory: str, runs: int, *, as_json: bool) -> None:
    """Plan, see that both sides answer alike, time them in turns, print what came of it."""
    console = Console(as_json=as_json)
    console.say(announcement(Tier.PLAN))
    chosen = choose_territory(territory)
    with console.step("OPA") as progress:
        binary = ensure_rego(progress)
    plan = plan_offline(chosen, twin_settings(chosen), console)
    resources = asked_about(plan.stacks)
    with console.step("Comparing answers"):
        compared = _compared(binary, variants(resources))
    stacks = views(plan.stacks)
    with opa(binary, resources) as theirs:
        pairs = agreed(resources, our_answers(resources), theirs.run(ARRANGEMENTS[0]).by_rule())
        arrangement = min(ARRANGEMENTS, key=lambda way: median(theirs.run(way).seconds for _ in range(3)))
        with console.step(f"Judging {chosen.model.name} {2 * runs} times") as progress:
            wall, cpu = _in_turns(stacks, theirs, arrangement, runs, progress)
    say_comparison(console, "", f"Rego under OPA (by {arrangement})", wall, digits=4)
    result: dict[str, object] = {
        "bench": "gate",
        "tier": str(Tier.PLAN),
        "territory": chosen.model.name,
        "resources": plan.resource_count,
        "rules": [rule.id for rule in ten_rules()],
        "pairs": pairs,
        "answers_compared": compared + pairs,
        **wall.as_json(digits=6),
        "cpu": cpu.as_json(digits=6),
        "arrangement": arrangement,
        "pairs_a_second": round(pairs / median(wall.ours)),
        "target": TARGETS,
    }
    console.say(
        f"of the processor alone: ratio {cpu.ratio:.2f}; {result['pairs_a_second']} pairs of rule and resource a "
        f"second, {compared + pairs} answers alike on both sides"
    )
    result["all_rules"] = _all_rules(stacks, chosen.model, runs, console)
    result["crossguard"] = compare_policies(plan, runs, console)
    result["checkov"] = compare_checkov(plan.stacks, runs, console)
    console.result(result)


def _compared(binary: Path, resources: Sequence[PlannedResource]) -> int:
    with opa(binary, resources) as theirs:
        return agreed(resources, our_answers(resources), theirs.run(ARRANGEMENTS[0]).by_rule())


def _in_turns(
    stacks: Sequence[Stack], theirs: Opa, arrangement: str, runs: int, progress: Progress
) -> tuple[Comparison, Comparison]:
    rules = ten_rules()
    wall: tuple[list[float], list[float]] = ([], [])
    cpu: tuple[list[float], list[float]] = ([], [])
    for run in range(runs):
        progress(f"run {run + 1} of {runs}")
        seconds, cpu_seconds = _timed(lambda: judge(rules, stacks))
        anchor = theirs.run(arrangement)
        wall[0].append(seconds)
        wall[1].append(anchor.seconds)
        cpu[0].append(cpu_seconds)
        cpu[1].append(anchor.cpu_seconds)
    return Comparison(*wall), Comparison(*cpu)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    gc.collect()
    cpu, begun = time.process_time(), time.perf_counter()
    work()
    return time.perf_counter() - begun, time.process_time() - cpu


def _all_rules(stacks: Sequence[Stack], territory: Territory, runs: int, console: Console) -> dict[str, object]:
    """What the whole catalogue costs, by our engine alone."""
    rules: Sequence[Rule] = all_rules()
    pairs = judge(rules, stacks, territory=territory).pairs
    seconds = [_timed(lambda: judge(rules, stacks, territory=territory))[0] for _ in range(runs)]
    console.say(f"all {len(rules)} rules: {pairs} pairs in {median(seconds):.3f} s")
    return {
        "rules": len(rules),
        "pairs": pairs,
        "seconds": round(median(seconds), 4),
        "pairs_a_second": round(pairs / median(seconds)),
        "spread": spread(seconds),
    }
