"""Points, boxes and curves on the sheet. Lengths are in the sheet's units, which a screen shows as pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import cos, dist, hypot, sin, tau

Point = tuple[float, float]
"""x to the right, y down."""

Cubic = tuple[Point, Point, Point, Point]
"""A Bézier segment: start, two control points, end."""

Curve = tuple[Cubic, ...]
"""Segments that follow each other."""


@dataclass(frozen=True)
class Box:
    """A rectangle along the axes."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def around(cls, centre: Point, width: float, height: float | None = None) -> Box:
        """The box of that size (a square when only one is given) with its middle at a point."""
        height = width if height is None else height
        return cls(centre[0] - width / 2, centre[1] - height / 2, width, height)

    @cached_property
    def right(self) -> float:
        """The x of its right side."""
        return self.left + self.width

    @cached_property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.top + self.height

    @cached_property
    def centre(self) -> Point:
        """Its middle."""
        return self.left + self.width / 2, self.top + self.height / 2

    def grown(self, margin: float) -> Box:
        """The same box with a margin on every side."""
        return Box(self.left - margin, self.top - margin, self.width + 2 * margin, self.height + 2 * margin)

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def contains(self, other: Box) -> bool:
        """Whether the other one lies within this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def nearest(self, point: Point) -> Point:
        """The point of the box that is nearest to a point."""
        return min(max(point[0], self.left), self.right), min(max(point[1], self.top), self.bottom)

    def crossed_by(self, start: Point, end: Point) -> bool:
        """Whether a straight line between two points passes through the box (Liang and Barsky)."""
        enter, leave = 0.0, 1.0
        for origin, delta, low, high in (
            (start[0], end[0] - start[0], self.left, self.right),
            (start[1], end[1] - start[1], self.top, self.bottom),
        ):
            if delta == 0:
                if not low < origin < high:
                    return False
                continue
            first, second = sorted(((low - origin) / delta, (high - origin) / delta))
            enter, leave = max(enter, first), min(leave, second)
        return enter < leave


def lines_cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the line from a to b and the one from c to d cross at an inner point of both."""

    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def smooth(points: Sequence[Point], *, closed: bool, tension: float = 0.3) -> Curve:
    """A curve through all points, in order, without corners."""
    count = len(points)
    if count < 2:
        return ()

    def at(index: int) -> Point:
        return points[index % count] if closed else points[min(max(index, 0), count - 1)]

    segments: list[Cubic] = []
    for i in range(count if closed else count - 1):
        before, start, end, after = at(i - 1), at(i), at(i + 1), at(i + 2)
        reach = tension * dist(start, end)
        leaving, arriving = _direction(before, end), _direction(start, after)
        segments.append(
            (
                start,
                (start[0] + leaving[0] * reach, start[1] + leaving[1] * reach),
                (end[0] - arriving[0] * reach, end[1] - arriving[1] * reach),
                end,
            )
        )
    return tuple(segments)


def bow(start: Point, end: Point, bulge: float) -> Curve:
    """An arc between two points; `bulge` is its height as a share of their distance, to the left when positive."""
    # A cubic reaches three quarters of its control points' height.
    dx, dy = (end[0] - start[0]), (end[1] - start[1])
    lift = bulge * 4 / 3
    first = (start[0] + dx * 0.28 + dy * lift, start[1] + dy * 0.28 - dx * lift)
    second = (end[0] - dx * 0.28 + dy * lift, end[1] - dy * 0.28 - dx * lift)
    return ((start, first, second, end),)


def sampled(curve: Curve, step: float = 4.0) -> tuple[Point, ...]:
    """Points along a curve, about `step` apart, its ends included."""
    points: list[Point] = []
    for a, b, c, d in curve:
        count = max(2, int((dist(a, b) + dist(b, c) + dist(c, d)) / step))
        for k in range(count + 1):
            if k == 0 and points:
                continue
            t = k / count
            u = 1 - t
            w = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
            points.append(
                (
                    w[0] * a[0] + w[1] * b[0] + w[2] * c[0] + w[3] * d[0],
                    w[0] * a[1] + w[1] * b[1] + w[2] * c[1] + w[3] * d[1],
                )
            )
    return tuple(points)


def beside(points: Sequence[Point], distance: float) -> tuple[Point, ...]:
    """The same line, moved sideways: to the left of its direction when positive."""
    moved: list[Point] = []
    for i, point in enumerate(points):
        dx, dy = _direction(points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)])
        moved.append((point[0] + dy * distance, point[1] - dx * distance))
    return tuple(moved)


def disc(centre: Point, radius: float, corners: int = 72) -> tuple[Point, ...]:
    """A polygon one takes for a circle."""
    return tuple(
        (centre[0] + radius * cos(i * tau / corners), centre[1] + radius * sin(i * tau / corners))
        for i in range(corners)
    )


def nearer_half(polygon: Sequence[Point], mine: Point, other: Point) -> tuple[Point, ...]:
    """What is left of a convex polygon when everything nearer to `other` than to `mine` is cut off."""
    middle = ((mine[0] + other[0]) / 2, (mine[1] + other[1]) / 2)
    across = (other[0] - mine[0], other[1] - mine[1])

    def beyond(point: Point) -> float:
        return (point[0] - middle[0]) * across[0] + (point[1] - middle[1]) * across[1]

    kept: list[Point] = []
    for start, end in pairwise([*polygon, *polygon[:1]]):
        here, there = beyond(start), beyond(end)
        if here <= 0:
            kept.append(start)
        if (here < 0 < there) or (there < 0 < here):
            share = here / (here - there)
            kept.append((start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])))
    return tuple(kept)


def bounds(points: Iterable[Point]) -> Box:
    """The smallest box around some points."""
    listed = list(points)
    left, top = min(x for x, _ in listed), min(y for _, y in listed)
    return Box(left, top, max(x for x, _ in listed) - left, max(y for _, y in listed) - top)


def _direction(start: Point, end: Point) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length
