"""`metro janitor`: ephemeral territories whose time is up, taken down."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.options import JsonOption
from operations.verbs.up import NoWaitOption, ParallelOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("janitor")(janitor)


def janitor(
    territory: Annotated[
        str | None,
        typer.Option("--territory", "-t", metavar="NAME", help="Only this ephemeral territory, if its time is up."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")] = False,
    no_wait: NoWaitOption = False,
    parallel: ParallelOption = 4,
    as_json: JsonOption = False,
) -> None:
    """Take down every ephemeral territory that is past its time to live; touches nothing else.

    Exits with 0 when none is left that should be gone, 1 when one could not be removed.
    """
    from operations.deployment.twin import Wishes
    from operations.ephemeral.report import run_janitor

    run_janitor(territory, Wishes(wait=not no_wait, parallel=parallel), dry_run=dry_run, as_json=as_json)
