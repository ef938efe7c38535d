"""The territory a command works on, read once, with mistakes told as wrong input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from operations.errors import InputError
from territory.errors import TerritoryError
from territory.loader import load_territory, territory_names
from territory.model import Territory


@dataclass(frozen=True)
class ChosenTerritory:
    """A territory and how the stacks' program finds it again."""

    reference: str
    """What stack configuration says: the name of a shipped territory, or the absolute path of a folder."""
    model: Territory


def choose_territory(name_or_path: str) -> ChosenTerritory:
    """Load a territory by name or by path; `InputError` holds every problem found, with file and line."""
    reference = name_or_path if name_or_path in territory_names() else str(Path(name_or_path).expanduser().resolve())
    if reference != name_or_path and not Path(reference).is_dir():
        reference = name_or_path
    try:
        return ChosenTerritory(reference, load_territory(reference))
    except TerritoryError as error:
        raise InputError(str(error)) from error


def shipped_territories() -> tuple[str, ...]:
    """The names of the territories that come with the checkout."""
    return territory_names()
