"""Territories of another size, on disk."""

from __future__ import annotations

from pathlib import Path

from operations.console import Console
from operations.errors import InputError
from operations.territories import choose_territory
from territory.generation import read_documents, scaled, write_territory


def write_scaled(territory: str, communes: int, folder: Path, *, as_json: bool) -> None:
    """Write `territory` with that many communes into `folder`, and load it, which checks it."""
    console = Console(as_json=as_json)
    try:
        documents = scaled(read_documents(choose_territory(territory).reference), communes)
        write_territory(documents, folder)
    except ValueError as error:
        raise InputError(str(error), "ask for fewer communes") from error
    except OSError as error:
        raise InputError(f"the territory cannot be written to {folder}: {error.strerror}") from error
    written = choose_territory(str(folder)).model
    console.say(f"{folder}: {len(written.communes)} communes, {len(written.edge_sites)} edge sites")
    console.result({"folder": str(folder.resolve()), "communes": len(written.communes)})
