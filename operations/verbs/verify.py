"""`metro verify`: hosts, judged by tests that know the territory and the standard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.options import DEFAULT_TERRITORY, JsonOption, TerritoryOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("verify")(verify)


def verify(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    host: Annotated[
        list[str] | None, typer.Option("--host", metavar="NAME", help="Only this host; may be given more than once.")
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            "--evidence",
            metavar="FOLDER",
            help="Where results go. Default: a folder of its own in the world's evidence.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge every running host by ANSSI-BP-028 and the territory. Changes nothing."""
    from operations.hosts.verify import verify as run

    run(territory, tuple(host or ()), evidence, as_json=as_json)
