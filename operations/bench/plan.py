"""`metro bench plan`: our program against a flat one that registers the same, and what a commune more costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from operations.bench.flat_program import flat_program
from operations.bench.measures import Comparison, exponent, say_comparison, spread
from operations.bench.plan_child import Job, Report
from operations.bench.profile import OURS, RECORDING, SDK
from operations.console import Console, Progress
from operations.deployment.schedule import without_hosts
from operations.deployment.stack_configuration import twin_configuration
from operations.errors import AnswerNo
from operations.paths import CHECKOUT
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier, announcement
from operations.worlds.world import imagined_world
from planning.configuration import program_configuration
from planning.default_providers import is_default_provider
from planning.offline import PROJECT, planning_environment
from planning.plan import PlannedResource
from planning.urns import is_provider_type, parse_urn
from planning.values import FingerprintKey
from planning.worker import Program
from stacks.layers import stacks_of
from territory.generation import read_documents, scaled, write_territory

COMMUNES = (7, 14, 28, 56, 112)
TARGET_RATIO = 0.87
TARGET_EXPONENT = 1.1
LIMIT_S = 900
SHOWN = 400
"""Characters of a resource that differs."""


@dataclass(frozen=True)
class PlanBench:
    """One territory, ready to be planned in both ways."""

    job: Job
    """Ours."""
    flat: Job
    """The anchor's."""
    resources: int


def run_plan_bench(territory: str, runs: int, *, scaling: bool, profiled: bool, as_json: bool) -> None:
    """Plan both ways in turns, print what came of it."""
    console = Console(as_json=as_json)
    console.say(announcement(Tier.PLAN))
    chosen = choose_territory(territory)
    with tempfile.TemporaryDirectory(prefix="metropole-bench-") as folder:
        with console.step("Writing the flat program"):
            bench = prepare(chosen, Path(folder))
        with console.step(f"Planning {chosen.model.name} {2 * runs} times") as progress:
            wall, cpu = compare(bench, runs, progress)
        result: dict[str, object] = {
            "bench": "plan",
            "tier": str(Tier.PLAN),
            "territory": chosen.model.name,
            "resources": bench.resources,
            "stacks": len(bench.job.programs),
            **wall.as_json(),
            "cpu": cpu.as_json(),
            "resources_a_second": round(bench.resources / median(wall.ours)),
            "target": {"ratio": TARGET_RATIO, "exponent": TARGET_EXPONENT},
        }
        say_comparison(console, "", "the flat program", wall)
        console.say(f"of the processor alone: ratio {cpu.ratio:.2f}; {result['resources_a_second']} resources a second")
        if profiled:
            result["profile"] = _profile(bench, console)
        if scaling:
            result["scaling"] = _scaling(territory, Path(folder), runs, console)
    console.result(result)


def prepare(territory: ChosenTerritory, folder: Path) -> PlanBench:
    """Record the territory's plan, write the flat program of each stack; raises `AnswerNo` when they differ."""
    ours, found = _recorded(_job(territory))
    secrets = {
        FingerprintKey(bytes.fromhex(ours.fingerprint_key)).fingerprint(text): text
        for program in ours.programs
        for text in program.secret_texts
    }
    for timing in found.timings:
        if timing.plan is not None:
            text = flat_program(timing.plan, secrets)
            (folder / f"{timing.stack}.py").write_text(text, encoding="utf-8")
    flat = ours.model_copy(update={"flat": folder})
    same = plan_once(flat.model_copy(update={"with_plans": True}))
    if (ours_has := inputs_of(found)) != (flat_has := inputs_of(same)):
        some = [*(ours_has - flat_has), *(flat_has - ours_has)][:3]
        raise AnswerNo(
            "the flat program does not register what ours does:\n  " + "\n  ".join(text[:SHOWN] for text in some)
        )
    return PlanBench(ours, flat, found.resources)


def _recorded(job: Job) -> tuple[Job, Report]:
    """Plan once without a clock: the plans, and the job as it is timed, knowing what to import and what is upstream."""
    found = plan_once(job.model_copy(update={"with_plans": True}))
    modules = {module for timing in found.timings for module in timing.modules}
    outputs = {timing.stack: timing.outputs for timing in found.timings if timing.outputs is not None}
    return job.model_copy(update={"modules": tuple(sorted(modules)), "outputs": outputs}), found


def inputs_of(report: Report) -> Counter[str]:
    """Every managed resource and provider as text: type, name, inputs, and which resources each input came from."""
    plans = [timing.plan for timing in report.timings if timing.plan is not None]
    return Counter(
        f"{resource.type} {resource.name}: {json.dumps([resource.inputs, _sources(resource)], sort_keys=True)}"
        for plan in plans
        for resource in plan.resources
        if resource.custom and not resource.external and not is_default_provider(resource)
    )


def _sources(resource: PlannedResource) -> dict[str, list[str]]:
    """Input to what it came from, without components: these are part of a URN, and the flat program has none.

    Providers are left out: what ours asks of one, in vain, the flat program takes from it.
    """
    found = {
        key: sorted(f"{urn.type} {urn.name}" for urn in map(parse_urn, urns) if not is_provider_type(urn.type))
        for key, urns in resource.property_dependencies.items()
    }
    return {key: sources for key, sources in found.items() if sources}


def compare(bench: PlanBench, runs: int, progress: Progress) -> tuple[Comparison, Comparison]:
    """Plan in turns, each time in a fresh process; by the clock and by the processor."""
    ours: list[Report] = []
    anchor: list[Report] = []
    for run in range(runs):
        progress(f"run {run + 1} of {runs}")
        ours.append(plan_once(bench.job))
        anchor.append(plan_once(bench.flat))
    return (
        Comparison([report.seconds for report in ours], [report.seconds for report in anchor]),
        Comparison([report.cpu_seconds for report in ours], [report.cpu_seconds for report in anchor]),
    )


def plan_once(job: Job) -> Report:
    """Plan a job in a fresh process. Raises `AnswerNo` with what the process said when it failed."""
    with _empty_home() as home:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "operations.bench.plan_child"],
            input=job.model_dump_json().encode(),
            capture_output=True,
            env=planning_environment(home),
            cwd=home,
            timeout=LIMIT_S,
            check=False,
        )
    if done.returncode:
        raise AnswerNo(f"a program could not be planned:\n{done.stderr.decode(errors='replace')[-4000:]}")
    return Report.model_validate_json(done.stdout)


def _job(territory: ChosenTerritory) -> Job:
    nowhere = imagined_world(territory.model)
    programs: list[Program] = []
    for stack in without_hosts(stacks_of(territory.model)):  # plain Pulumi has no resources inside hosts
        config = program_configuration(twin_configuration(territory, stack, nowhere).offline(), PROJECT)
        programs.append(
            Program(
                stack=stack.name,
                layer=stack.layer,
                part=stack.part,
                upstream=stack.upstream,
                config=dict(config.values),
                secret_keys=tuple(sorted(config.secret_keys)),
                secret_texts=tuple(sorted(config.secret_texts)),
            )
        )
    return Job(root=CHECKOUT, project=PROJECT, fingerprint_key=FingerprintKey().hex(), programs=tuple(programs))


def _scaling(territory: str, folder: Path, runs: int, console: Console) -> dict[str, object]:
    """What it costs to plan the same territory with other numbers of communes, in turns."""
    documents = read_documents(choose_territory(territory).reference)
    jobs: dict[int, Job] = {}
    seconds: defaultdict[int, list[float]] = defaultdict(list)
    cpu: defaultdict[int, list[float]] = defaultdict(list)
    resources: dict[int, int] = {}
    with console.step("Planning other numbers of communes") as progress:
        for communes in COMMUNES:
            place = write_territory(scaled(documents, communes), folder / f"communes-{communes}")
            jobs[communes], found = _recorded(_job(choose_territory(str(place))))
            resources[communes] = found.resources
        for run in range(runs):
            for communes, job in jobs.items():
                progress(f"{communes} communes, run {run + 1} of {runs}")
                report = plan_once(job)
                seconds[communes].append(report.seconds)
                cpu[communes].append(report.cpu_seconds)
    rows: list[Mapping[str, object]] = [
        {
            "communes": communes,
            "resources": resources[communes],
            "seconds": round(median(seconds[communes]), 4),
            "cpu_seconds": round(median(cpu[communes]), 4),
            "spread": spread(seconds[communes]),
        }
        for communes in jobs
    ]
    fitted = {
        "by_communes": _fitted(jobs, seconds),
        "by_communes_cpu": _fitted(jobs, cpu),
        "by_resources": round(exponent({resources[n]: median(seconds[n]) for n in jobs}), 3),
        "by_resources_cpu": round(exponent({resources[n]: median(cpu[n]) for n in jobs}), 3),
    }
    for row in rows:
        console.say(f"{row['communes']:5} communes: {row['resources']:6} resources, {row['seconds']:.2f} s")
    console.say(
        f"cost grows with communes to the power of {fitted['by_communes']}, "
        f"with resources to the power of {fitted['by_resources']}"
    )
    return {"runs": runs, "sizes": rows, "exponent": fitted}


def _fitted(sizes: Sequence[int] | Mapping[int, object], runs: Mapping[int, Sequence[float]]) -> float:
    return round(exponent({size: median(runs[size]) for size in sizes}), 3)


def _profile(bench: PlanBench, console: Console) -> dict[str, object]:
    with console.step("Profiling"):
        report = plan_once(bench.job.model_copy(update={"profiled": True}))
    total: Counter[str] = Counter()
    for timing in report.timings:
        total.update(timing.by_package)
    whole = sum(total.values())
    shares = {package: round(seconds / whole, 3) for package, seconds in total.most_common()}
    whose = {"sdk": SDK, "program": OURS, "recording": RECORDING}
    sums = {who: round(sum(shares.get(name, 0) for name in names), 3) for who, names in whose.items()}
    console.say(
        f"the Python SDK with what it runs on: {sums['sdk']:.0%} of the time; our program {sums['program']:.0%}; "
        f"the recording monitor {sums['recording']:.0%}"
    )
    for package, share in list(shares.items())[:10]:
        console.say(f"  {share:6.1%} {package}")
    return {**sums, "by_package": shares}


@contextmanager
def _empty_home() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="metropole-bench-home-") as home:
        yield Path(os.path.realpath(home))
