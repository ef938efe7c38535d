"""Finds a place for every label so that none lies over another, over a marker or outside the sheet.

The labels come with the places they could have, each at a cost. Labels that have few good places choose first; then
each in turn moves to its cheapest free place, alone or by moving one neighbour to another of its own. No random
numbers: the same labels always end in the same places. Labelling points is NP-hard: this is good, not the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from operations.map.geometry import Box, Point, lines_cross

SWEEPS = 8
GAP = 1.5
"""Labels stay at least so far apart."""


class CrowdedError(Exception):
    """A label that has to be shown finds no place; a larger sheet has more."""


@dataclass(frozen=True)
class Spot:
    """One place a label could have."""

    box: Box
    cost: float
    """What it takes from the picture: distance from its marker, lines it covers."""
    leader: tuple[Point, Point] | None = None
    """The line that joins it to its marker, where it stands off."""


@dataclass(frozen=True)
class Wanted:
    """A label that looks for a place."""

    key: str
    spots: Sequence[Spot]
    """The cheapest first."""
    optional: bool = False
    """Whether the picture can do without it."""


def place(wanted: Sequence[Wanted]) -> dict[str, Spot]:
    """Key to place: all that are not optional, and as many of the others as fit.

    Raises `CrowdedError` when one that is not optional has no place left.
    """
    chosen: dict[str, Spot] = {}
    by_key = {label.key: label for label in wanted}
    required = [label for label in wanted if not label.optional]
    for label in sorted(required, key=_freedom):
        spot = _cheapest(label, chosen)
        if spot is None:
            raise CrowdedError(label.key)
        chosen[label.key] = spot
    for _ in range(SWEEPS):
        moved = [_improve(label, chosen, by_key) for label in required]
        if not any(moved):
            break
    for label in wanted:
        spot = _cheapest(label, chosen) if label.optional else None
        if spot is not None:
            chosen[label.key] = spot
    return chosen


def conflict(one: Spot, other: Spot) -> bool:
    """Whether two labels, or their leaders, are in each other's way."""
    a, b = one.box, other.box
    if (
        a.left < b.left + b.width + GAP
        and b.left < a.left + a.width + GAP
        and a.top < b.top + b.height + GAP
        and b.top < a.top + a.height + GAP
    ):
        return True
    if one.leader and other.box.crossed_by(*one.leader):
        return True
    if other.leader and one.box.crossed_by(*other.leader):
        return True
    return bool(one.leader and other.leader and lines_cross(*one.leader, *other.leader))


def _freedom(label: Wanted) -> tuple[float, str]:
    # The price of the fourth best place says how soon a label runs out of good ones.
    return -label.spots[3].cost if len(label.spots) > 3 else float(len(label.spots)) - 1e9, label.key


def _cheapest(label: Wanted, chosen: dict[str, Spot]) -> Spot | None:
    others = [spot for key, spot in chosen.items() if key != label.key]
    for spot in label.spots:
        if not any(conflict(spot, other) for other in others):
            return spot
    return None


def _improve(label: Wanted, chosen: dict[str, Spot], by_key: dict[str, Wanted]) -> bool:
    """Move a label to a cheaper place, if need be by moving the one neighbour that stands there."""
    now = chosen[label.key]
    for spot in label.spots:
        if spot.cost >= now.cost:
            return False
        blocking = [key for key, other in chosen.items() if key != label.key and conflict(spot, other)]
        if not blocking:
            chosen[label.key] = spot
            return True
        if len(blocking) == 1:
            neighbour = blocking[0]
            before = chosen[neighbour]
            rest = {key: other for key, other in chosen.items() if key != neighbour} | {label.key: spot}
            instead = _cheapest(by_key[neighbour], rest)
            if instead and spot.cost + instead.cost < now.cost + before.cost - 1e-9:
                chosen[label.key], chosen[neighbour] = spot, instead
                return True
    return False
