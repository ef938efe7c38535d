"""`metro up`: a territory's stacks, created or brought up to date."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.options import DEFAULT_TERRITORY, JsonOption, OnlyOption, TerritoryOption, TierOption

NoWaitOption = Annotated[
    bool, typer.Option("--no-wait", help="Refuse, rather than wait, while somebody else changes the territory.")
]
ParallelOption = Annotated[int, typer.Option("--parallel", min=1, max=16, help="Stacks worked on at the same time.")]
CommuneOption = Annotated[
    list[str] | None,
    typer.Option(
        "--commune", metavar="NAME|INSEE", help="Touch nothing but what is this commune's; may be given more than once."
    ),
]
DEFAULT_TTL = "4h"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("up")(up)


def up(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    tier: TierOption = None,
    only: OnlyOption = None,
    commune: CommuneOption = None,
    refresh: Annotated[
        bool, typer.Option("--refresh/--no-refresh", help="Compare with the world first: drift is seen and mended.")
    ] = True,
    ephemeral: Annotated[
        str | None,
        typer.Option(
            "--ephemeral",
            metavar="NAME",
            help="Work on a copy of the territory under this name, in a world of its own, that the janitor takes down.",
        ),
    ] = None,
    ttl: Annotated[
        str | None,
        typer.Option(
            "--ttl", metavar="DURATION", help=f"How long the copy lives, as 90m, 2h, 3d. Default: {DEFAULT_TTL}."
        ),
    ] = None,
    gate: Annotated[
        bool, typer.Option("--gate/--no-gate", help="Judge by every rule first. A twin can do without, to see a break.")
    ] = True,
    no_wait: NoWaitOption = False,
    parallel: ParallelOption = 4,
    approved: Annotated[
        str | None,
        typer.Option(
            "--approved",
            metavar="FILE",
            help="Only if plan and state are the approved ones (./metro approve). Tier real: also the confirmation.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Create or update a territory's stacks, in order, in parallel where they allow it."""
    from operations.deployment.change import Change, run_change
    from operations.deployment.twin import Wishes
    from operations.ephemeral.choice import wish_for

    wishes = Wishes(
        only=tuple(only or ()),
        communes=tuple(commune or ()),
        refresh=refresh,
        wait=not no_wait,
        parallel=parallel,
        gate=gate,
    )
    copy = wish_for(ephemeral, ttl, DEFAULT_TTL)
    run_change(Change.UP, territory, tier, wishes, approved=approved, copy=copy, as_json=as_json)
