"""`metro plan`: what every stack would hold, without an engine and without credentials."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.options import DEFAULT_TERRITORY, JsonOption, OnlyOption, TerritoryOption, TierOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("plan")(plan)


def plan(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    tier: TierOption = None,
    only: OnlyOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Also write the whole plan as JSON.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Plan a territory's stacks offline, with --only those and what they stand on: resources, counted by type."""
    from operations.offline_plan import run_plan

    run_plan(territory, tier, output, only=tuple(only or ()), as_json=as_json)
