"""The territory's map with a mark on every commune and site that a change touches, and how many do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from operations.map import svg
from operations.map.layout import lay_out
from operations.map.picture import Picture
from operations.map.sheet import NARROW, WIDE
from operations.map.subject import Subject
from operations.map.symbols import number
from operations.review.inert import in_html, plain
from operations.review.review import Review
from territory.model import Territory

RADIUS = 9.0


def figures(review: Review, territory: Territory | None) -> str:
    """A wide picture and one for phones; a sentence where there is none."""
    if territory is None:
        return '<p class="soft">The territory cannot be drawn.</p>'
    subject = Subject(territory)
    touched = Counter(id_ for change in review.changes for id_ in (*change.touches.communes, *change.touches.sites))
    told = _told(territory, touched)
    return "".join(_figure(subject, lay_out(subject, sheet), sheet.name, touched, told) for sheet in (WIDE, NARROW))


def _figure(subject: Subject, picture: Picture, name: str, touched: Counter[str], told: str) -> str:
    drawn = svg.contents(subject, picture, name)
    marks = "".join(_marks(picture, touched))
    # The map's own titles would be read aloud stop by stop; the label below says what this picture adds to them.
    inside = "\n".join(plain(line) for line in drawn.split("\n"))
    return (
        f'<figure class="map {name}"><svg viewBox="0 0 {number(picture.width)} {number(picture.height)}" role="img" '
        f'aria-label="{in_html(told)}">{inside}{marks}</svg><figcaption>{in_html(told)}</figcaption></figure>'
    )


def _marks(picture: Picture, touched: Counter[str]) -> Iterator[str]:
    places = [(stop.insee, stop.at, stop.radius) for stop in picture.stops]
    places += [(mark.id, mark.box.centre, mark.box.width / 2) for mark in (*picture.sites, *picture.clouds)]
    for id_, (x, y), radius in places:
        count = touched[id_]
        if not count:
            continue
        shown = str(count) if count < 1000 else "999+"
        size = RADIUS + 2.5 * max(0, len(shown) - 2)
        cx, cy = x + radius + 3, y - radius - 3
        yield (
            f'<circle class="mark-ring" cx="{number(x)}" cy="{number(y)}" r="{number(radius + 4)}"/>'
            f'<circle class="mark-disc" cx="{number(cx)}" cy="{number(cy)}" r="{number(size)}"/>'
            f'<text class="mark-count" x="{number(cx)}" y="{number(cy + 4)}" text-anchor="middle" font-size="11">'
            f"{shown}</text>"
        )


def _told(territory: Territory, touched: Counter[str]) -> str:
    names = {commune.insee: commune.name for commune in territory.communes}
    names |= {site.id: site.name for site in (*territory.datacenters, *territory.cloud_regions)}
    if not touched:
        return f"Map of {territory.title}: no change touches a commune or a site by name."
    told = ", ".join(f"{names[id_]} {count:,}" for id_, count in touched.most_common(12) if id_ in names)
    rest = len(touched) - 12
    more = f", and {rest} places more" if rest > 0 else ""
    return f"Map of {territory.title}, with the number of changes at each place: {told}{more}."
