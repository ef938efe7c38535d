"""From a territory to a picture of it: a pure function, the same sheet every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import dist

from operations.map import areas, fonts, labels, placing, spots
from operations.map.density import Density
from operations.map.geometry import Box, Curve, Point, beside, bow, sampled, smooth
from operations.map.panels import fill
from operations.map.picture import (
    STRAND_STEP,
    Anchor,
    Area,
    Conduit,
    Fibre,
    Label,
    Mark,
    Picture,
    Strand,
    Text,
    Tone,
    Tunnels,
)
from operations.map.placing import Plot
from operations.map.routes import Routes
from operations.map.sheet import MARGIN, WIDE, Sheet
from operations.map.subject import TUNNELS, Subject
from territory.model import Path

GROWTH = (1.0, 1.15, 1.35, 1.6, 2.0, 2.5, 3.0, 4.0)
"""Where a sheet is too small for its labels, it is made so much larger, its letters staying as they are."""

SCALE_STRIP = 30.0
"""Below the map, for its scale: nothing on the map can then lie over it."""

BULGES = (0.12, -0.12, 0.2, -0.2, 0.28, -0.28, 0.36, -0.36, 0.46, -0.46)
"""How far a conduit may swing out from the straight line, in shares of its length, and to which side."""


def lay_out(subject: Subject, sheet: Sheet = WIDE) -> Picture:
    """The picture of a territory on a sheet, every label readable.

    Raises `labels.CrowdedError` only where even four times the size has no room.
    """
    for factor in GROWTH[:-1]:
        try:
            return _lay_out(subject, sheet.grown(factor))
        except labels.CrowdedError:
            continue
    return _lay_out(subject, sheet.grown(GROWTH[-1]))


def _lay_out(subject: Subject, sheet: Sheet) -> Picture:
    heading, top = _heading(subject, sheet)
    plotted = placing.plot(subject, sheet, top)
    slots = {path.id: slot for slot, path in enumerate(subject.territory.paths)}
    conduits = _conduits(subject, plotted, slots)
    fibres = _fibres(subject, plotted, slots)
    lines = [*(sampled(line.curve, 3) for line in (*fibres, *conduits))]
    clouds = placing.clouds(subject, plotted, Density(sheet.width, plotted.frame.bottom, lines))
    tunnels = _tunnels(plotted, clouds)
    scale, scale_text = _scale(plotted, sheet)
    grounds = _areas(subject, plotted, sheet)
    named = _labels(subject, sheet, plotted, clouds, grounds, fibres, conduits, tunnels)
    column = (plotted.frame.right + MARGIN, 12.0) if sheet.beside else (MARGIN, plotted.frame.bottom + SCALE_STRIP)
    shades = {commune.sector: area.tint for commune, area in zip(subject.territory.communes, grounds, strict=True)}
    panels = fill(subject, sheet, slots, shades, column)
    return Picture(
        width=sheet.width,
        height=max(plotted.frame.bottom + SCALE_STRIP, panels.y + MARGIN),
        title=subject.title,
        summary=subject.summary,
        frame=plotted.frame,
        areas=grounds,
        fibres=fibres,
        conduits=conduits,
        tunnels=tunnels,
        stops=plotted.stops,
        sites=plotted.sites,
        clouds=clouds,
        labels=named,
        texts=(*heading, *panels.texts, scale_text),
        swatches=tuple(panels.swatches),
        diagrams=tuple(panels.diagrams),
        scale=scale,
    )


def _heading(subject: Subject, sheet: Sheet) -> tuple[list[Text], float]:
    """Title and summary, and the height at which the map begins."""
    room = sheet.map_width - 2 * MARGIN
    y = MARGIN + sheet.title_size
    title = fonts.shortened(subject.title, room, sheet.title_size, bold=True)
    texts = [Text((MARGIN, y), title, sheet.title_size, Tone.TITLE)]
    y += 4
    for line in fonts.wrapped(subject.summary, room, sheet.body_size):
        y += sheet.body_size + 5
        texts.append(Text((MARGIN, y), line, sheet.body_size, Tone.NOTE))
    return texts, y + 6


def _fibres(subject: Subject, plotted: Plot, slots: Mapping[str, int]) -> tuple[Fibre, ...]:
    """Each path that serves communes, once, as a smooth line through them."""
    at = {stop.insee: stop.at for stop in plotted.stops}
    homes = {mark.id: mark.box.centre for mark in plotted.sites}
    routes = Routes()
    fibres: list[Fibre] = []
    # Short ones choose first: a long one loses least by a detour.
    for path in sorted(subject.territory.paths, key=lambda path: len(subject.communes_on(path))):
        communes = subject.communes_on(path)
        if communes:
            ends = [homes[site] for site in subject.sites_served_by(path)]
            points, ring = routes.find(ends, [at[commune.insee] for commune in communes])
            fibres.append(Fibre(path.id, slots[path.id], smooth(points, closed=ring)))
    return tuple(sorted(fibres, key=lambda fibre: fibre.slot))


def _conduits(subject: Subject, plotted: Plot, slots: Mapping[str, int]) -> tuple[Conduit, ...]:
    """Each path between two datacenters, once, as an arc of its own with its circuits in it."""
    homes = {mark.id: mark.box.centre for mark in plotted.sites}
    paths: Mapping[str, Path] = {path.id: path for path in subject.territory.paths}
    conduits: list[Conduit] = []
    for pair, circuits in subject.pairs.items():
        used: set[float] = set()
        for path in [paths[id_] for id_ in dict.fromkeys(circuit.path for circuit in circuits)]:
            riding = [circuit for circuit in circuits if circuit.path == path.id]
            free = [bulge for bulge in BULGES if bulge not in used] or list(BULGES)
            bulge = min(
                free, key=lambda bulge: _trouble(bow(homes[pair[0]], homes[pair[1]], bulge), plotted, used, bulge)
            )
            used.add(bulge)
            curve = bow(homes[pair[0]], homes[pair[1]], bulge)
            points = sampled(curve)
            strands = tuple(
                Strand(circuit.id, beside(points, (lane - (len(riding) - 1) / 2) * STRAND_STEP))
                for lane, circuit in enumerate(riding)
            )
            conduits.append(Conduit(path.id, slots[path.id], curve, strands))
    return tuple(conduits)


def _trouble(curve: Curve, plotted: Plot, used: set[float], bulge: float) -> float:
    """How badly an arc runs: over stops, over the sheet's edge, on the side another one has."""
    points = sampled(curve, 8)
    near = sum(max(0.0, 16 - dist(stop.at, point)) for stop in plotted.stops for point in points)
    outside = sum(not plotted.frame.grown(-10).contains(Box.around(point, 0)) for point in points)
    same_side = sum(other * bulge > 0 for other in used)
    return near + 50 * outside + 60 * same_side + 40 * abs(abs(bulge) - 0.2)


def _tunnels(plotted: Plot, clouds: Sequence[Mark]) -> tuple[Tunnels, ...]:
    tunnels: list[Tunnels] = []
    for site in plotted.sites:
        for cloud in clouds:
            side = 0.08 if site.box.centre[0] > cloud.box.centre[0] else -0.08
            points = sampled(bow(site.box.centre, cloud.box.centre, side))
            lanes = (beside(points, (lane - (TUNNELS - 1) / 2) * 4.5) for lane in range(TUNNELS))
            tunnels.append(Tunnels(site.id, cloud.id, tuple(lanes)))
    return tuple(tunnels)


def _areas(subject: Subject, plotted: Plot, sheet: Sheet) -> tuple[Area, ...]:
    centres = [stop.at for stop in plotted.stops]
    radius = areas.reach(centres, sheet.map_width)
    groups = [commune.sector for commune in subject.territory.communes]
    tints = areas.tints(centres, groups, radius)
    outlines = areas.grounds(centres, radius)
    return tuple(
        Area(stop.insee, outline, tints[group])
        for stop, outline, group in zip(plotted.stops, outlines, groups, strict=True)
    )


def _labels(
    subject: Subject,
    sheet: Sheet,
    plotted: Plot,
    clouds: Sequence[Mark],
    grounds: Sequence[Area],
    fibres: Sequence[Fibre],
    conduits: Sequence[Conduit],
    tunnels: Sequence[Tunnels],
) -> tuple[Label, ...]:
    drawn: dict[str, tuple[Point, ...]] = {}
    for line in (*fibres, *conduits):
        drawn.setdefault(line.path, sampled(line.curve, 3))
    heavy = [strand.points for conduit in conduits for strand in conduit.strands]
    light = [strand for pair in tunnels for strand in pair.strands]
    everything = [*(sampled(fibre.curve, 3) for fibre in fibres), *heavy, *light]
    ground = spots.Ground(
        frame=plotted.frame.grown(-4),
        obstacles=[mark.box for mark in (*plotted.stops, *plotted.sites, *clouds)],
        lines=Density(sheet.width, plotted.frame.bottom, everything),
    )
    wanted: list[labels.Wanted] = []
    texts: dict[str, Text] = {}
    markers: dict[str, Point] = {}

    def want(key: str, text: Text, places: list[labels.Spot], marker: Point | None = None) -> None:
        texts[key] = text
        if marker:
            markers[key] = marker
        wanted.append(labels.Wanted(key, places, optional=marker is None))

    names = {commune.insee: commune.name for commune in subject.territory.communes}
    for stop in plotted.stops:
        text = Text((0, 0), names[stop.insee], sheet.commune_size, Tone.COMMUNE)
        want(f"commune:{stop.insee}", text, spots.around(text, stop.box, ground), stop.at)
    places = {dc.id: dc.name for dc in subject.territory.datacenters} | {
        region.id: f"{region.name} · {region.provider_region}" for region in subject.territory.cloud_regions
    }
    for mark in (*plotted.sites, *clouds):
        text = Text((0, 0), places[mark.id], sheet.place_size, Tone.PLACE)
        want(f"place:{mark.id}", text, spots.around(text, mark.box, ground), mark.box.centre)
    slots = {line.path: line.slot for line in (*fibres, *conduits)}
    for path, points in drawn.items():
        text = Text((0, 0), path, sheet.commune_size - 1.5, Tone.PATH, Anchor.START, slots[path])
        want(f"path:{path}", text, spots.along(text, points, ground))
    reach = areas.reach([stop.at for stop in plotted.stops], sheet.map_width)
    for sector in subject.territory.sectors:
        members = {commune.insee for commune in subject.territory.communes if commune.sector == sector.id}
        text = Text((0, 0), sector.name, sheet.commune_size - 1, Tone.SECTOR)

        def inside(point: Point, members: set[str] = members) -> bool:
            nearest = min(plotted.stops, key=lambda stop: dist(stop.at, point))
            return nearest.insee in members and dist(nearest.at, point) < reach

        outlines = [area.outline for area in grounds if area.insee in members]
        want(f"sector:{sector.id}", text, spots.within(text, outlines, inside, ground))
    chosen = labels.place(wanted)
    return tuple(
        Label(key, spots.moved_to(texts[key], spot, markers.get(key, spot.box.centre)), spot.leader)
        for key, spot in chosen.items()
    )


def _scale(plotted: Plot, sheet: Sheet) -> tuple[tuple[Point, Point], Text]:
    """A bar below the map: the longest round number of kilometres that fits into a quarter of its width."""
    lengths = [base * 10**power for power in range(-2, 5) for base in (1, 2, 5)]
    length = max((km for km in lengths if km * plotted.scale <= sheet.map_width / 4), default=lengths[0])
    y = plotted.frame.bottom + SCALE_STRIP - 8
    start, end = (MARGIN, y), (MARGIN + length * plotted.scale, y)
    return (start, end), Text((MARGIN, y - 7), f"{length:g} km", sheet.body_size - 1.5, Tone.NOTE)
