"""The ground around each commune: what lies nearer to its centre than to any other's, up to some distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import dist
from statistics import median

from operations.map.geometry import Point, disc, nearer_half

TINTS = 5
"""Shades for sectors."""

SMALLEST, LARGEST = 0.045, 0.085
"""Reach of a commune's ground, as shares of the map's width."""


def reach(centres: Sequence[Point], width: float) -> float:
    """How far a commune's ground goes where no neighbour stops it: so far that neighbours usually touch."""
    nearest = [min(dist(a, b) for b in centres if b is not a) for a in centres] if len(centres) > 1 else [width]
    return min(max(1.3 * median(nearest), SMALLEST * width), LARGEST * width)


def grounds(centres: Sequence[Point], radius: float) -> list[tuple[Point, ...]]:
    """One outline a centre; those of neighbours share an edge (the cells of a Voronoi diagram, cut to discs)."""
    outlines: list[tuple[Point, ...]] = []
    for centre in centres:
        outline = disc(centre, radius)
        for other in centres:
            if other != centre and dist(other, centre) < 2 * radius:
                outline = nearer_half(outline, centre, other)
        outlines.append(outline)
    return outlines


def tints(centres: Sequence[Point], groups: Sequence[str], radius: float) -> Mapping[str, int]:
    """Group to shade: neighbours differ as long as the shades suffice."""
    order = sorted(set(groups), key=groups.index)
    beside: dict[str, set[str]] = {group: set() for group in order}
    for a, mine in zip(centres, groups, strict=True):
        for b, other in zip(centres, groups, strict=True):
            if mine != other and dist(a, b) < 2 * radius:
                beside[mine].add(other)
    shades: dict[str, int] = {}
    for group in order:
        near = [shades[other] for other in beside[group] if other in shades]
        used = list(shades.values())
        shades[group] = min(range(TINTS), key=lambda shade: (near.count(shade), used.count(shade), shade))
    return shades
