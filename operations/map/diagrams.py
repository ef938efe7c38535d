"""The interconnect, enlarged: two datacenters, their border routers, and each circuit inside the path it rides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from operations.map import fonts
from operations.map.geometry import Box, Point, sampled
from operations.map.picture import (
    STRAND_STEP,
    Anchor,
    Conduit,
    Diagram,
    Junction,
    Mark,
    Strand,
    Text,
    Tone,
)
from operations.map.subject import Subject
from territory.model import BorderRouter, Circuit, Path

ROUTER_HEIGHT = 26.0
ROUTER_STEP = 50.0
PATH_STEP = 58.0
SITE_SHARE = 0.29
"""Of the width, for each of the two datacenters."""
MOUTH = 34.0
"""Between a datacenter and the mouth of a conduit: where circuits cross."""


@dataclass(frozen=True)
class Enlarged:
    """A diagram with the words in it."""

    diagram: Diagram
    texts: tuple[Text, ...]
    height: float


def enlarge(
    subject: Subject, pair: tuple[str, str], slots: Mapping[str, int], at: Point, width: float, size: float
) -> Enlarged:
    """The circuits between a pair of datacenters in a rectangle of that width whose corner is `at`."""
    circuits = subject.pairs[pair]
    paths = [path for path in subject.territory.paths if any(circuit.path == path.id for circuit in circuits)]
    routers = [[r for r in subject.territory.border_routers if r.site == site] for site in pair]
    rows = max(max(len(side) for side in routers) * ROUTER_STEP, len(paths) * PATH_STEP)
    height = rows + 30
    site_width = width * SITE_SHARE
    boxes = (
        Box(at[0], at[1], site_width, height),
        Box(at[0] + width - site_width, at[1], site_width, height),
    )
    junctions: dict[str, Junction] = {}
    texts: list[Text] = []
    for site, box, side in zip(pair, boxes, routers, strict=True):
        texts.append(_centred(site, (box.centre[0], box.top + 19), size, box.width - 8, Tone.PLACE))
        step = rows / len(side) if side else rows
        for i, router in enumerate(side):
            body = Box.around((box.centre[0], box.top + 28 + step * (i + 0.5)), box.width - 14, ROUTER_HEIGHT)
            junctions[router.id] = Junction(router.id, body)
            texts.append(
                _centred(
                    _short(router, site), (body.centre[0], body.centre[1] + 4), size - 1, body.width - 6, Tone.BODY
                )
            )
    conduits: list[Conduit] = []
    for i, path in enumerate(paths):
        riding = [circuit for circuit in circuits if circuit.path == path.id]
        y = at[1] + 28 + (rows / len(paths)) * (i + 0.5) + 7
        conduit = _conduit(path, riding, slots[path.id], boxes, y, junctions)
        conduits.append(conduit)
        room = width - 2 * site_width - 8
        label = fonts.shortened(path.id, room, size - 1, bold=True)
        place = (at[0] + width / 2, y - conduit.bore / 2 - 6)
        texts.append(Text(place, label, size - 1, Tone.PATH, Anchor.MIDDLE, slots[path.id]))
    marks = (Mark(pair[0], boxes[0]), Mark(pair[1], boxes[1]))
    return Enlarged(Diagram(marks, tuple(junctions.values()), tuple(conduits)), tuple(texts), height)


def _conduit(
    path: Path,
    riding: list[Circuit],
    slot: int,
    sites: tuple[Box, Box],
    y: float,
    junctions: Mapping[str, Junction],
) -> Conduit:
    start, end = (sites[0].right + MOUTH, y), (sites[1].left - MOUTH, y)
    lanes = sorted(riding, key=lambda circuit: [junctions[router].box.centre[1] for router in circuit.routers])
    strands: list[Strand] = []
    for lane, circuit in enumerate(lanes):
        at = y + (lane - (len(lanes) - 1) / 2) * STRAND_STEP
        left, right = sorted((junctions[router].box for router in circuit.routers), key=lambda box: box.left)
        points = [
            *_lead((left.right, left.centre[1]), (start[0], at)),
            *_lead((end[0], at), (right.left, right.centre[1])),
        ]
        strands.append(Strand(circuit.id, tuple(points)))
    third = (end[0] - start[0]) / 3
    curve = ((start, (start[0] + third, y), (end[0] - third, y), end),)
    return Conduit(path.id, slot, curve, tuple(strands))


def _lead(start: Point, end: Point) -> tuple[Point, ...]:
    """A gentle S from one height to another."""
    middle = (start[0] + end[0]) / 2
    return sampled(((start, (middle, start[1]), (middle, end[1]), end),), 3)


def _short(router: BorderRouter, site: str) -> str:
    """A router's name without that of the datacenter it is drawn in. Example: `router-1`."""
    return router.id.removeprefix(f"{site}-") or router.id


def _centred(text: str, at: Point, size: float, room: float, tone: Tone) -> Text:
    shown = fonts.shortened(text, room, size, bold=tone is Tone.PLACE)
    return Text(at, shown, size, tone, Anchor.MIDDLE)
