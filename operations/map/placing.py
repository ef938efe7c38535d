"""Where communes, datacenters and cloud regions lie on the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cos, dist, pi, sin, sqrt, tau

from operations.map.density import Density
from operations.map.geometry import Box, Point, bounds
from operations.map.labels import CrowdedError
from operations.map.picture import Mark, Stop
from operations.map.projection import Projection, centre_of
from operations.map.sheet import Sheet
from operations.map.subject import Subject

CLOUD_SIZE = (54.0, 36.0)
CLOUD_CLEARANCE = 22.0

LARGEST_SCALE = 4000.0
"""Units a kilometre: a territory of one commune is not drawn at the scale of a street."""

_GOLDEN_ANGLE = pi * (3 - sqrt(5))


@dataclass(frozen=True)
class Plot:
    """The markers of a map."""

    frame: Box
    stops: tuple[Stop, ...]
    """One a commune, in the territory's order."""
    sites: tuple[Mark, ...]
    scale: float
    """Units a kilometre."""


def plot(subject: Subject, sheet: Sheet, top: float) -> Plot:
    """The markers in a frame that begins at `top`. Raises `CrowdedError` where they do not fit side by side."""
    territory = subject.territory
    places = [(commune.lat_about, commune.lon_about) for commune in territory.communes]
    homes = [subject.place_of(dc) for dc in territory.datacenters]
    projection = Projection(centre_of([*places, *homes]))
    plane = [projection(place) for place in [*places, *homes]]
    extent = bounds(plane)
    room = sheet.map_width - 2 * sheet.edge, sheet.tallest_map - 2 * sheet.edge
    scale = min(room[0] / max(extent.width, 1e-6), room[1] / max(extent.height, 1e-6), LARGEST_SCALE)
    height = max(extent.height * scale + 2 * sheet.edge, sheet.lowest_map)
    frame = Box(0, top, sheet.map_width, height)
    points = [
        (
            frame.centre[0] + (x - extent.centre[0]) * scale,
            frame.centre[1] + (y - extent.centre[1]) * scale,
        )
        for x, y in plane
    ]
    radii = [sheet.stop_radius + 1] * len(places) + [sheet.mark * 0.72] * len(homes)
    spread = apart(points, radii, frame.grown(-sheet.mark), sheet.clearance)
    stops = tuple(
        Stop(commune.insee, at, sheet.stop_radius)
        for commune, at in zip(territory.communes, spread[: len(places)], strict=True)
    )
    sites = tuple(
        Mark(dc.id, Box.around(at, sheet.mark))
        for dc, at in zip(territory.datacenters, spread[len(places) :], strict=True)
    )
    return Plot(frame, stops, sites, scale)


def apart(points: Sequence[Point], radii: Sequence[float], room: Box, clearance: float) -> list[Point]:
    """The points, moved as little as keeps discs around them a clearance apart and inside the room."""
    moved = [room.nearest(point) for point in points]
    for _ in range(400):
        touching = False
        for i, j in combinations(range(len(moved)), 2):
            needed = radii[i] + radii[j] + clearance
            apart_by = dist(moved[i], moved[j])
            if apart_by >= needed - 0.01:
                continue
            touching = True
            turn = _GOLDEN_ANGLE * (i + 2 * j)
            ux, uy = (
                ((moved[j][0] - moved[i][0]) / apart_by, (moved[j][1] - moved[i][1]) / apart_by)
                if apart_by > 0.5
                else (cos(turn), sin(turn))
            )
            # The larger marker moves: a datacenter's place is less exact than a commune's.
            share = radii[i] ** 2 / (radii[i] ** 2 + radii[j] ** 2)
            push = needed - apart_by
            moved[i] = room.nearest((moved[i][0] - ux * push * share, moved[i][1] - uy * push * share))
            moved[j] = room.nearest((moved[j][0] + ux * push * (1 - share), moved[j][1] + uy * push * (1 - share)))
        if not touching:
            return moved
    raise CrowdedError("markers")


def clouds(subject: Subject, plotted: Plot, lines: Density) -> tuple[Mark, ...]:
    """Cloud regions where nothing else is, rather at the top: they are not in the territory.

    Raises `CrowdedError` when there is no room; lines are avoided where that is possible.
    """
    placed: list[Mark] = []
    for region in subject.territory.cloud_regions:
        markers = [
            *(stop.at for stop in plotted.stops),
            *(mark.box.centre for mark in (*plotted.sites, *placed)),
        ]
        free = [
            box
            for box in _grid(plotted.frame.grown(-34), *CLOUD_SIZE)
            if all(dist(box.nearest(point), point) > CLOUD_CLEARANCE for point in markers)
        ]
        if not free:
            raise CrowdedError(region.id)
        placed.append(Mark(region.id, max(free, key=lambda box: _solitude(box, plotted, markers, lines))))
    return tuple(placed)


def _solitude(box: Box, plotted: Plot, markers: Sequence[Point], lines: Density) -> float:
    """How good a place for a cloud is: far from everything, high up, not too far from the datacenters."""
    away = min(dist(box.nearest(point), point) for point in markers)
    way = sum(dist(box.centre, mark.box.centre) for mark in plotted.sites) / len(plotted.sites)
    return 3 * min(away, 100) - 10 * min(lines(box.grown(8)), 40) - 0.35 * (box.top - plotted.frame.top) - 0.2 * way


def _grid(room: Box, width: float, height: float) -> list[Box]:
    columns, rows = int(max(room.width - width, 0) / 16) + 1, int(max(room.height - height, 0) / 16) + 1
    return [Box(room.left + 16 * x, room.top + 16 * y, width, height) for y in range(rows) for x in range(columns)]


def bearings(count: int) -> list[Point]:
    """Unit vectors all round, the first to the east."""
    return [(cos(i * tau / count), sin(i * tau / count)) for i in range(count)]
