"""A picture as SVG: light or dark as its reader prefers, with words for whoever does not see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from operations.map.picture import Conduit, Diagram, Fibre, Label, Mark, Picture, Stop, Text, Tone
from operations.map.style import dash, line_class, style_sheet
from operations.map.subject import Subject
from operations.map.symbols import cloud, line_data, number, path_data, site, swatch, tunnel

HALOED = frozenset({Tone.COMMUNE, Tone.PLACE, Tone.PATH, Tone.SECTOR})


def render(subject: Subject, picture: Picture) -> str:
    """A file of its own."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(picture.width)} {number(picture.height)}" '
        f'width="{number(picture.width)}" height="{number(picture.height)}" class="map" role="img" '
        'aria-labelledby="map-t map-d">\n'
        f"<style>\n{style_sheet()}\n</style>\n{contents(subject, picture, 'map')}</svg>\n"
    )


def contents(subject: Subject, picture: Picture, prefix: str) -> str:
    """What is inside the `svg` element; ids begin with the prefix.

    Whatever can be pointed at is a group with a `data-` attribute that says what it is, a `title`, and in `data-on` the
    paths it hangs on.
    """
    return "\n".join(_contents(subject, picture, prefix)) + "\n"


def _contents(subject: Subject, picture: Picture, prefix: str) -> Iterable[str]:
    yield f'<title id="{prefix}-t">Map of {escape(picture.title)}</title>'
    yield f'<desc id="{prefix}-d">{escape(description(subject))}</desc>'
    yield f'<rect class="sheet" width="{number(picture.width)}" height="{number(picture.height)}"/>'
    frame = picture.frame
    clip = f"{prefix}-frame"
    yield (
        f'<clipPath id="{clip}"><rect x="{number(frame.left)}" y="{number(frame.top)}" width="{number(frame.width)}" '
        f'height="{number(frame.height)}"/></clipPath><g clip-path="url(#{clip})">'
    )
    for area in picture.areas:
        outline = "L".join(f"{number(x)} {number(y)}" for x, y in area.outline)
        yield f'<path class="area-{area.tint}" d="M{outline}Z"/>'
    for tunnels in picture.tunnels:
        lines = "".join(map(tunnel, tunnels.strands))
        yield f'<g class="way" data-tunnel="{tunnels.site} {tunnels.region}">{lines}</g>'
    for fibre in picture.fibres:
        yield _fibre(subject, fibre)
    for conduit in picture.conduits:
        yield _conduit(subject, conduit)
    yield "</g>"
    colours = {fibre.path: fibre.slot for fibre in (*picture.fibres, *picture.conduits)}
    names = {label.subject: label for label in picture.labels}
    for label in picture.labels:
        if label.subject.startswith(("path:", "sector:")):
            yield _label(label)
    for stop in picture.stops:
        yield _stop(subject, stop, colours, names[f"commune:{stop.insee}"])
    for mark in picture.sites:
        yield _place("site", mark, subject, names[f"place:{mark.id}"])
    for mark in picture.clouds:
        yield _place("cloud", mark, subject, names[f"place:{mark.id}"])
    for diagram in picture.diagrams:
        yield from _diagram(subject, diagram)
    for shown in picture.swatches:
        yield swatch(shown)
    (left, y), (right, _) = picture.scale
    yield f'<path class="bar" d="M{number(left)} {number(y - 4)}v4H{number(right)}v-4"/>'
    yield from map(_text, picture.texts)


def description(subject: Subject) -> str:
    """The picture in a few sentences, for who hears it."""
    paths = "; ".join(f"{path.name} carries {subject.burden(path)}" for path in subject.territory.paths)
    return f"{subject.summary}. {paths}."


def _fibre(subject: Subject, fibre: Fibre) -> str:
    path = next(path for path in subject.territory.paths if path.id == fibre.path)
    d = path_data(fibre.curve)
    dashes = f' stroke-dasharray="{dash(fibre.slot)}"' if dash(fibre.slot) else ""
    return (
        f'<g class="way" data-path="{fibre.path}"><title>{escape(path.name)}: {subject.burden(path)}</title>'
        f'<path class="under" stroke-width="6.5" d="{d}"/>'
        f'<path class="fibre {line_class(fibre.slot)}"{dashes} d="{d}"/></g>'
    )


def _conduit(subject: Subject, conduit: Conduit) -> str:
    path = next(path for path in subject.territory.paths if path.id == conduit.path)
    d, colour = path_data(conduit.curve), line_class(conduit.slot)
    strands = "".join(
        f'<path class="strand {colour}" d="{line_data(strand.points)}"><title>{escape(strand.circuit)}</title></path>'
        for strand in conduit.strands
    )
    return (
        f'<g class="way" data-path="{conduit.path}"><title>{escape(path.name)}: {subject.burden(path)}</title>'
        f'<path class="under" stroke-width="{number(conduit.bore + 4)}" d="{d}"/>'
        f'<path class="bore {colour}" stroke-width="{number(conduit.bore)}" d="{d}"/>{strands}</g>'
    )


def _stop(subject: Subject, stop: Stop, colours: Mapping[str, int], name: Label) -> str:
    commune = next(commune for commune in subject.territory.communes if commune.insee == stop.insee)
    links = subject.links(commune)
    told = "; ".join(f"{link.path.id} to {link.router.id}" for link in links)
    slots = [colours[path] for path in dict.fromkeys(link.path.id for link in links)]
    x, y = stop.at
    turn = 2 * 3.14159265 * stop.radius / len(slots)
    rings = "".join(
        f'<circle class="ring {line_class(slot)}" cx="{number(x)}" cy="{number(y)}" r="{number(stop.radius)}" '
        f'stroke-dasharray="{turn:.2f} {turn * (len(slots) - 1):.2f}" stroke-dashoffset="{-turn * i:.2f}" '
        f'transform="rotate(90 {number(x)} {number(y)})"/>'
        for i, slot in enumerate(slots)
    )
    on = " ".join(dict.fromkeys(link.path.id for link in links))
    return (
        f'<g class="commune-mark" data-commune="{stop.insee}" data-on="{escape(on)}">'
        f"<title>{escape(commune.name)}: {escape(told)}</title>"
        f'<circle class="stop" cx="{number(x)}" cy="{number(y)}" r="{number(stop.radius)}"/>{rings}{_label(name)}</g>'
    )


def _place(kind: str, mark: Mark, subject: Subject, name: Label) -> str:
    symbol = site(mark) if kind == "site" else cloud(mark)
    on = " ".join(path.id for path in subject.territory.paths if mark.id in subject.ends_of(path))
    return (
        f'<g class="place-mark" data-place="{mark.id}" data-on="{on}">'
        f"<title>{escape(name.text.text)}</title>{symbol}{_label(name)}</g>"
    )


def _diagram(subject: Subject, diagram: Diagram) -> Iterable[str]:
    for mark in diagram.sites:
        box = mark.box
        yield (
            f'<rect class="room" x="{number(box.left)}" y="{number(box.top)}" width="{number(box.width)}" '
            f'height="{number(box.height)}" rx="10"/>'
        )
    for conduit in diagram.conduits:
        yield _conduit(subject, conduit)
    for junction in diagram.junctions:
        box = junction.box
        yield (
            f'<rect class="router" x="{number(box.left)}" y="{number(box.top)}" width="{number(box.width)}" '
            f'height="{number(box.height)}" rx="6"><title>{escape(junction.router)}</title></rect>'
        )


def _label(label: Label) -> str:
    leader = ""
    if label.leader:
        (x1, y1), (x2, y2) = label.leader
        leader = f'<path class="leader" d="M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}"/>'
    return leader + _text(label.text)


def _text(text: Text) -> str:
    classes = [text.tone.value]
    if text.tone in HALOED:
        classes.append("halo")
    if text.slot is not None:
        classes.append(line_class(text.slot))
    anchor = "" if text.anchor.value == "start" else f' text-anchor="{text.anchor.value}"'
    return (
        f'<text class="{" ".join(classes)}" x="{number(text.at[0])}" y="{number(text.at[1])}" '
        f'font-size="{number(text.size)}"{anchor}>{escape(text.text)}</text>'
    )
