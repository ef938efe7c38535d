"""The places each label could have, and what each of them costs the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import dist

from operations.map.density import Density
from operations.map.geometry import Box, Point
from operations.map.labels import Spot
from operations.map.picture import Anchor, Text
from operations.map.placing import bearings

COVERED = 0.5
"""Price of a raster cell of lines below a label."""

STRANGER = 5.0
"""Price of standing close to somebody else's marker."""

_BESIDE = (
    # Horizontal and vertical share of the way from the marker's middle to touching it, and how much readers mind:
    # to the right is read first (Imhof's order, after Yoeli).
    (1, 0, 0.0),
    (-1, 0, 1.0),
    (0.8, -1, 1.5),
    (0.8, 1, 1.5),
    (-0.8, -1, 2.0),
    (-0.8, 1, 2.0),
    (0, -1, 2.0),
    (0, 1, 2.5),
)
GRID = 18.0
"""Between two places for the name of an area."""

ENOUGH = 90
"""So many places farther off leave a label a choice; rings beyond them only cost time."""

_STANDING_OFF = (9.0, 18.0, 30.0, 44.0, 60.0, 80.0, 104.0, 132.0, 164.0, 200.0, 260.0, 330.0)


@dataclass(frozen=True)
class Ground:
    """What labels have to respect."""

    frame: Box
    obstacles: Sequence[Box]
    """Markers."""
    lines: Density

    def fits(self, box: Box) -> bool:
        """Whether a label there is inside the frame and over no marker."""
        roomy = box.grown(1)
        return self.frame.contains(roomy) and not any(map(roomy.overlaps, self.obstacles))


def size_of(text: Text) -> tuple[float, float]:
    """Width and height of a text's box."""
    return text.box.width, text.box.height


def moved_to(text: Text, spot: Spot, marker: Point) -> Text:
    """The same text in its place, held at the end that is next to its marker: letters may be narrower than thought."""
    box, baseline = spot.box, text.at[1] + spot.box.top - text.box.top
    if box.right <= marker[0]:
        return replace(text, at=(box.right, baseline), anchor=Anchor.END)
    if box.left >= marker[0]:
        return replace(text, at=(box.left, baseline), anchor=Anchor.START)
    return replace(text, at=(box.centre[0], baseline), anchor=Anchor.MIDDLE)


def around(text: Text, marker: Box, ground: Ground) -> list[Spot]:
    """Places for the name of a marker: beside it, or farther off with a leader."""
    return _cheapest_first([*_beside(text, marker, ground), *_standing_off(text, marker, ground)])


def _beside(text: Text, marker: Box, ground: Ground) -> Iterable[Spot]:
    width, height = size_of(text)
    for across, along, disliked in _BESIDE:
        centre = (
            marker.centre[0] + across * (width / 2 + marker.width / 2 + 2.5),
            marker.centre[1] + along * (height / 2 + marker.height / 2 + 1.5),
        )
        box = Box.around(centre, width, height)
        if ground.fits(box):
            yield Spot(box, disliked + _price(box, marker, ground))


def _standing_off(text: Text, marker: Box, ground: Ground) -> Iterable[Spot]:
    width, height = size_of(text)
    others = [obstacle for obstacle in ground.obstacles if obstacle.centre != marker.centre]
    found = 0
    for distance in _STANDING_OFF:
        if found >= ENOUGH:
            return
        for ux, uy in bearings(16):
            reach = marker.width / 2 + distance
            centre = (
                marker.centre[0] + ux * (reach + width / 2),
                marker.centre[1] + uy * (reach + height / 2),
            )
            box = Box.around(centre, width, height)
            if not ground.fits(box):
                continue
            end = box.nearest(marker.centre)
            length = dist(marker.centre, end)
            share = marker.width / 2 / length
            start = (
                marker.centre[0] + (end[0] - marker.centre[0]) * share,
                marker.centre[1] + (end[1] - marker.centre[1]) * share,
            )
            if any(obstacle.crossed_by(start, end) for obstacle in others):
                continue
            found += 1
            yield Spot(box, 7 + 0.45 * distance + _price(box, marker, ground), (start, end))


def _price(box: Box, marker: Box, ground: Ground) -> float:
    near = box.grown(7)
    strangers = sum(near.overlaps(other) for other in ground.obstacles if other.centre != marker.centre)
    return COVERED * ground.lines(box) + STRANGER * strangers


def along(text: Text, points: Sequence[Point], ground: Ground) -> list[Spot]:
    """Places for the name of a line: on it, rather in its middle, rather where no other line is near."""
    width, height = size_of(text)
    spots: list[Spot] = []
    for i in range(0, len(points), 3):
        box = Box.around(points[i], width, height)
        if ground.fits(box):
            middle = abs(i / max(len(points) - 1, 1) - 0.5)
            spots.append(Spot(box, 6 * middle + COVERED * ground.lines(box.grown(5))))
    return _cheapest_first(spots)


def within(
    text: Text, outlines: Sequence[Sequence[Point]], inside: Callable[[Point], bool], ground: Ground
) -> list[Spot]:
    """Places for the name of an area: both ends and the middle of the text are on it."""
    width, height = size_of(text)
    corners = [corner for outline in outlines for corner in outline]
    if not corners:
        return []
    middle = (sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners))
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    spots: list[Spot] = []
    for row in range(int((max(y for _, y in corners) - top) / GRID) + 1):
        for column in range(int((max(x for x, _ in corners) - left) / GRID) + 1):
            centre = (left + GRID * column, top + GRID * row)
            box = Box.around(centre, width, height)
            ends = ((box.left, centre[1]), centre, (box.right, centre[1]))
            if ground.fits(box) and all(inside(end) for end in ends):
                spots.append(Spot(box, 0.06 * dist(centre, middle) + COVERED * ground.lines(box)))
    return _cheapest_first(spots)


def _cheapest_first(spots: Iterable[Spot]) -> list[Spot]:
    return sorted(spots, key=lambda spot: spot.cost)
