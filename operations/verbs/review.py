"""`metro review`: what a change does to a territory, for whoever has to say yes or no to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.gate.environments import GateEnvironment
from operations.options import DEFAULT_TERRITORY, JsonOption, TerritoryOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("review")(review)


def review(
    base: Annotated[
        str, typer.Option("--base", metavar="REF|DIR", help="What it is compared with, and whose rules judge.")
    ],
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="REF|DIR", help="What is reviewed; a folder has a / in it. Default: here."),
    ] = None,
    territory: TerritoryOption = DEFAULT_TERRITORY,
    environment: Annotated[
        GateEnvironment | None,
        typer.Option(help="Plan as the files of stacks/config say, or as a rehearsal. Default: as the files, if any."),
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", metavar="NAMES", help="Of md, html, sarif, json; several with commas.")
    ] = "md",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Write review.md and so on here. Default: to stdout."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Review a change offline: no engine, no credentials, nothing of the head trusted. Exit code 1 for no."""
    from operations.review.run import run_review

    run_review(base, head, territory, environment, formats, output, as_json=as_json)
