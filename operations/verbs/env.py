"""`metro env`: shell lines after which plain `pulumi` works on the twin."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.options import JsonOption, OnlyOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("env")(env)


def env(
    territory: Annotated[
        str | None,
        typer.Option("--territory", "-t", metavar="NAME", help="Only this territory. Default: every one shipped."),
    ] = None,
    only: OnlyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Start the twin, prepare the stacks, and print shell lines: eval "$(./metro env)"."""
    from operations.worlds.shell import run_env

    run_env(territory, only=tuple(only or ()), as_json=as_json)
