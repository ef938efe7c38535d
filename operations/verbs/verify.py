"""`metro verify`: hosts, judged by tests that know the territory and the standard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.errors import InputError
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
    judges: Annotated[
        bool,
        typer.Option(
            "--judges",
            help="Ask OpenSCAP and Lynis instead, in QEMU: of each --host, or of one a level. Takes long.",
        ),
    ] = False,
    before: Annotated[
        bool, typer.Option("--before", help="With --judges: ask them of the same packages without any role as well.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Judge every running host by ANSSI-BP-028 and the territory. Changes nothing."""
    names = tuple(host or ())
    if judges:
        from operations.hosts.judges.judge import judge

        judge(territory, names, evidence, before=before, as_json=as_json)
        return
    if before:
        raise InputError("--before is a question to the judges", "--judges --before")
    from operations.hosts.verify import verify as run

    run(territory, names, evidence, as_json=as_json)
