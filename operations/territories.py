"""The territory a command works on, read once, with mistakes told as wrong input."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from operations.ephemeral.lease import Lease, Leases
from operations.errors import InputError
from operations.paths import state_directory
from stacks.layers import LAYERS, LayerStack, stacks_of
from territory.errors import TerritoryError
from territory.loader import load_territory, territory_names
from territory.model import Territory


@dataclass(frozen=True)
class ChosenTerritory:
    """A territory and how the stacks' program finds it again."""

    reference: str
    """What stack configuration says: the name of a shipped territory, or the absolute path of a folder."""
    model: Territory
    lease: Lease | None = None
    """Until when it lives, when it is an ephemeral territory of this state directory."""

    @property
    def stacks(self) -> tuple[LayerStack, ...]:
        """The stacks it comes as, each after those it builds on. An ephemeral one shares its account with others, so
        it has none of what an account has only once."""
        every = stacks_of(self.model)
        return every if self.lease is None else tuple(stack for stack in every if not LAYERS[stack.layer].account_wide)


def choose_territory(name_or_path: str) -> ChosenTerritory:
    """Load a territory by name (a shipped one's, or that of an ephemeral one) or by path.

    `InputError` holds every problem found, with file and line.
    """
    if name_or_path in territory_names():
        return _load(name_or_path)
    leases = Leases(state_directory())
    path = Path(name_or_path).expanduser().resolve()
    name = path.parent.name if path == leases.folder(path.parent.name) else name_or_path
    if os.sep not in name and (lease := leases.find(name)):
        return _load(str(leases.folder(lease.name)), lease)
    if path.is_dir():
        return _load(str(path))
    try:
        return _load(name_or_path)
    except InputError as error:
        living = ", ".join(lease.name for lease in leases.all()[0])
        raise InputError(error.message, f"ephemeral territories here: {living}" if living else None) from error


def _load(reference: str, lease: Lease | None = None) -> ChosenTerritory:
    try:
        return ChosenTerritory(reference, load_territory(reference), lease)
    except TerritoryError as error:
        raise InputError(str(error)) from error


def shipped_territories() -> tuple[str, ...]:
    """The names of the territories that come with the checkout."""
    return territory_names()
