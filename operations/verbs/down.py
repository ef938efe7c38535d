"""`metro down`: a territory's stacks, destroyed and forgotten."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.options import DEFAULT_TERRITORY, JsonOption, OnlyOption, TerritoryOption, TierOption
from operations.verbs.up import NoWaitOption, ParallelOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("down")(down)


def down(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    tier: TierOption = None,
    only: OnlyOption = None,
    keep_twin: Annotated[
        bool, typer.Option("--keep-twin", help="Leave the empty vCenters running; they stop otherwise.")
    ] = False,
    no_wait: NoWaitOption = False,
    parallel: ParallelOption = 4,
    approved: Annotated[
        str | None,
        typer.Option(
            "--approved", metavar="TERRITORY", help="Tier real: the confirmation, where there is no terminal."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Delete everything of a territory, in reverse order, and count through the vSphere API that nothing is left."""
    from operations.deployment.change import Change, run_change
    from operations.deployment.twin import Wishes

    wishes = Wishes(only=tuple(only or ()), wait=not no_wait, parallel=parallel)
    run_change(Change.DOWN, territory, tier, wishes, approved=approved, keep_twin=keep_twin, as_json=as_json)
