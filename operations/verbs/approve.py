"""`metro approve`: somebody's yes to a review, bound to the plan and to the state it was given for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.options import DEFAULT_TERRITORY, JsonOption, TerritoryOption, TierOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("approve")(approve)


def approve(
    reviewed: Annotated[
        str, typer.Option("--reviewed", metavar="DIGEST|FILE", help="A review's plan digest, or its JSON.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where the approval goes.")],
    territory: TerritoryOption = DEFAULT_TERRITORY,
    tier: TierOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve this checkout for the state as it is now: what `up --approved FILE` holds itself to."""
    from operations.review.approve import run_approve

    run_approve(territory, tier, reviewed, output, as_json=as_json)
