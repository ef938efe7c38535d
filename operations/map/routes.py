"""In which order a fibre path visits its stops: short ways, and no two paths side by side.

The territory says which communes a path serves, not where its trench runs. A path that serves one datacenter is drawn
as a ring from it and back, one that serves several as a line between them; the order is a short tour (Croes' 2-opt and
Or's relocation from the nearest neighbour). A stretch that an earlier path took costs more, because two paths drawn
side by side would look like one trench: the thing they must not share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import dist

from operations.map.geometry import Point

SHARED_STRETCH = 10.0
"""A stretch that another path took already counts as so many times its length."""

Cost = Callable[[int, int], float]


@dataclass
class Routes:
    """Finds one route after the other and remembers what is taken."""

    _taken: set[frozenset[Point]] = field(default_factory=set[frozenset[Point]])

    def find(self, ends: Sequence[Point], stops: Sequence[Point]) -> tuple[tuple[Point, ...], bool]:
        """The stops in order, and whether the route is a ring.

        It starts at the first of `ends` and, if there are several, ends at the last; those between are stops as well.
        """
        ring = len(ends) < 2
        points = [*ends[:1], *ends[1:-1], *stops, *([] if ring else ends[-1:])]
        order = tour(points, ring=ring, taken=self._taken)
        found = tuple(points[i] for i in order)
        ring = ring and len(found) > 2
        following = [*found[1:], *found[:1]] if ring else found[1:]
        self._taken |= {frozenset(stretch) for stretch in zip(found, following, strict=False)}
        return found, ring


def tour(points: Sequence[Point], *, ring: bool, taken: set[frozenset[Point]]) -> list[int]:
    """Indices of all points in the order of a short way that starts at the first.

    A ring comes back to the first point; a line ends at the last.
    """
    length = [[dist(a, b) * (SHARED_STRETCH if frozenset((a, b)) in taken else 1.0) for b in points] for a in points]

    def cost(a: int, b: int) -> float:
        return length[a][b]

    order = _nearest_neighbours(len(points), cost, ring=ring)
    # Closing a ring is one more stretch; a line keeps its last stop, so both have their first and last fixed.
    closed = [*order, order[0]] if ring else order
    while _uncross(closed, cost) or _relocate(closed, cost):
        pass
    return closed[:-1] if ring else closed


def _nearest_neighbours(count: int, cost: Cost, *, ring: bool) -> list[int]:
    last = [] if ring or count < 2 else [count - 1]
    order, left = [0], set(range(1, count)) - set(last)
    while left:
        following = min(left, key=lambda stop: (cost(order[-1], stop), stop))
        order.append(following)
        left.discard(following)
    return order + last


def _uncross(order: list[int], cost: Cost) -> bool:
    """Turn a part of the way round wherever that makes it shorter."""
    better = False
    for i in range(1, len(order) - 2):
        for j in range(i + 1, len(order) - 1):
            before, first, last, after = order[i - 1], order[i], order[j], order[j + 1]
            if cost(before, last) + cost(first, after) < cost(before, first) + cost(last, after) - 1e-9:
                order[i : j + 1] = reversed(order[i : j + 1])
                better = True
    return better


def _relocate(order: list[int], cost: Cost) -> bool:
    """Move one to three stops in a row to where they lie better on the way."""
    for size in (1, 2, 3):
        for i in range(1, len(order) - size):
            part, rest = order[i : i + size], order[:i] + order[i + size :]
            gain = cost(order[i - 1], part[0]) + cost(part[-1], order[i + size]) - cost(order[i - 1], order[i + size])
            for j in range(1, len(rest)):
                for moved in (part, part[::-1]):
                    price = cost(rest[j - 1], moved[0]) + cost(moved[-1], rest[j]) - cost(rest[j - 1], rest[j])
                    if price < gain - 1e-9:
                        order[:] = rest[:j] + moved + rest[j:]
                        return True
    return False
