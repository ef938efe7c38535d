"""The options every verb shares, written once."""

from __future__ import annotations

from typing import Annotated

import typer

DEFAULT_TERRITORY = "bordeaux"

TerritoryOption = Annotated[
    str,
    typer.Option(
        "--territory",
        "-t",
        metavar="NAME",
        help="A territory of stacks/territories/, or the path of a folder like them.",
    ),
]
TierOption = Annotated[
    str | None,
    typer.Option(
        "--tier",
        metavar="TIER",
        help="The world to work on: plan, api, host or real. Default: the highest twin tier this machine can run.",
    ),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="LAYER[-PART]", help="Only this layer, or this part of one; may be given more than once."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout; progress stays on stderr.")]
