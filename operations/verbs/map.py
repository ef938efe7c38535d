"""`metro map`: a territory as a picture, from its data alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.options import DEFAULT_TERRITORY, JsonOption, TerritoryOption

FormatOption = Annotated[
    str, typer.Option("--format", "-f", metavar="FORMATS", help="svg, html, text; several with commas between them.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="DIR", help="Write <territory>.svg, .html, .txt there instead of printing."),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("map")(draw)


def draw(
    territory: TerritoryOption = DEFAULT_TERRITORY,
    formats: FormatOption = "text",
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw a territory: communes, datacenters, fibre paths with the circuits on them, cloud regions."""
    from operations.draw import run_map

    run_map(territory, formats, output, as_json=as_json)
