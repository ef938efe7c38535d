"""`metro image`: the golden image, and files of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.options import JsonOption


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("image")(image)


def image(
    write: Annotated[
        list[Path] | None,
        typer.Option(
            "--write",
            metavar="FILE",
            help="Write it to a new file too: .ova (a vCenter's template), .vmdk, .qcow2 or .raw (a disk that boots), "
            ".tar (a container's root). May be given more than once.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Build the hardened image that hosts start from, unless it is there already, and say where it is."""
    from operations.hosts.export import export

    export(tuple(write or ()), as_json=as_json)
