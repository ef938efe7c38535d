"""`metro bench`: side by side with a named anchor, in one run, interleaved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.options import DEFAULT_TERRITORY, JsonOption, TerritoryOption


def register(app: typer.Typer) -> None:
    """Add the verb with its benches."""
    bench = typer.Typer(name="bench", help="What our way costs, beside a named anchor.", no_args_is_help=True)
    for command in (plan, gate, up, harden, territory):
        bench.command()(command)
    app.add_typer(bench)


def plan(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Times each side is planned, in turns.")] = 7,
    scaling: Annotated[
        bool, typer.Option("--scaling/--no-scaling", help="Also plan it with 7 to 112 communes.")
    ] = True,
    profile: Annotated[bool, typer.Option("--profile", help="Also say in whose code the time goes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Plan a territory by our program and by a flat one that registers the same resources."""
    from operations.bench.plan import run_plan_bench

    run_plan_bench(territory, runs, scaling=scaling, profiled=profile, as_json=as_json)


def gate(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Times each side judges, in turns.")] = 15,
    as_json: JsonOption = False,
) -> None:
    """Judge a territory's plan by our rules, by the same in Rego under OPA, and by one CrossGuard policy a rule."""
    from operations.bench.gate.run import run_gate_bench

    run_gate_bench(territory, runs, as_json=as_json)


def up(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Times each side is deployed, in turns.")] = 3,
    communes: Annotated[
        int | None, typer.Option("--communes", min=1, max=900, help="Another number of communes than it has.")
    ] = None,
    parallel: Annotated[
        list[int] | None,
        typer.Option("--parallel", min=1, help="Steps at a time of the one stack; given several, the best is taken."),
    ] = None,
    until: Annotated[
        float | None,
        typer.Option("--until", min=0.1, metavar="RATIO", help="Stop the one stack at so many times ours."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Deploy a territory's stacks, and in turns one stack that holds the same; then change one commune."""
    from operations.bench.up import PARALLEL, run_up_bench

    run_up_bench(territory, runs, communes, tuple(parallel or PARALLEL), until, as_json=as_json)


def harden(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    hosts: Annotated[
        list[str] | None,
        typer.Option("--hosts", metavar="NUMBER[,NUMBER…]", help="How many hosts; 16 unless given, several in turn."),
    ] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Times each side hardens fresh hosts, in turns.")] = 3,
    build: Annotated[
        bool, typer.Option("--build/--no-build", help="Also build the golden image once, so that it can be counted.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Harden hosts from the golden image as `up` does, and bare ones by plain ansible-playbook with the same roles.

    Both have to be the same afterwards by the judges of `verify`, or there is no figure. Needs root on Linux.
    Three runs on 16 hosts take an hour on two processors.
    """
    from operations.bench.harden.run import run_harden_bench

    run_harden_bench(territory, tuple(hosts or ("16",)), runs, build=build, as_json=as_json)


def territory(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where its files are written.")],
    communes: Annotated[int, typer.Option("--communes", min=1, max=900, help="How many communes it gets.")],
    territory: TerritoryOption = DEFAULT_TERRITORY,
    as_json: JsonOption = False,
) -> None:
    """Write a territory like another one with more or fewer communes; every verb takes its folder as --territory."""
    from operations.bench.territories import write_scaled

    write_scaled(territory, communes, folder, as_json=as_json)
