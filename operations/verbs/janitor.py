"""`metro janitor`: ephemeral territories whose time is up, taken down."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.options import JsonOption, TierOption
from operations.verbs.up import NoWaitOption, ParallelOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("janitor")(janitor)


def janitor(
    territory: Annotated[
        str | None,
        typer.Option("--territory", "-t", metavar="NAME", help="Only this ephemeral territory, if its time is up."),
    ] = None,
    tier: TierOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")] = False,
    no_wait: NoWaitOption = False,
    parallel: ParallelOption = 4,
    approved: Annotated[
        list[str] | None,
        typer.Option("--approved", metavar="TERRITORY", help="Tier real: may go unasked; may be given more than once."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take down every ephemeral territory that is past its time to live; touches nothing else.

    Exits with 0 when none is left that should be gone, 1 when one could not be removed.
    """
    from operations.deployment.twin import Wishes
    from operations.ephemeral.report import run_janitor

    wishes = Wishes(wait=not no_wait, parallel=parallel)
    run_janitor(territory, tier, wishes, approved=approved or (), dry_run=dry_run, as_json=as_json)
