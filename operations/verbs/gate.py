"""`metro gate`: whether what would be deployed is fit to be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.gate.environments import GateEnvironment
from operations.options import DEFAULT_TERRITORY, JsonOption, TerritoryOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("gate")(gate)


def gate(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    environment: Annotated[
        GateEnvironment | None,
        typer.Option(help="Judge as the files of stacks/config say, or as a rehearsal. Default: as the files, if any."),
    ] = None,
    preview: Annotated[
        Path | None,
        typer.Option(
            "--preview", metavar="FILE", help="Judge what `pulumi preview --json --show-sames` of any project wrote."
        ),
    ] = None,
    checkov: Annotated[bool, typer.Option("--checkov/--no-checkov", help="Ask Checkov too.")] = True,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Also write the whole report as JSON.")
    ] = None,
    controls: Annotated[
        bool, typer.Option("--controls", help="Also list the controls of each framework and what contributes to them.")
    ] = False,
    oscal: Annotated[
        Path | None, typer.Option("--oscal", metavar="FOLDER", help="Also write the controls as OSCAL documents.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a territory's plan by every rule; no engine, no credentials. Exit code 1 when something has to change."""
    from operations.gate.gate import Wanted, run_gate, run_preview_gate

    wanted = Wanted(output, controls, oscal, checkov)
    if preview is not None:
        run_preview_gate(preview, wanted, as_json=as_json)
    else:
        run_gate(territory, environment, wanted, as_json=as_json)
