"""A picture as one page with nothing outside it: a sheet for desks, one for phones, and all of it again as tables."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path

from operations.map import svg
from operations.map.fonts import FAMILY
from operations.map.picture import Picture
from operations.map.style import style_sheet
from operations.map.subject import CAVEAT, TUNNELS, Subject, counted

HERE = Path(__file__).parent

HINT = "Point at a commune, a path or a datacenter, or step through them with the Tab key; Escape lets go."

Row = Sequence[str]

_POINTED_AT = re.compile(r"<g (class=\"[a-z-]+\" data-(?:commune|path|place)=[^>]*)><title>([^<]*)</title>")


def render(subject: Subject, wide: Picture, narrow: Picture) -> str:
    """The whole page. It loads nothing: its policy allows only its own style and script."""
    css = style_sheet() + "\n" + (HERE / "page.css").read_text(encoding="utf-8").replace("FAMILY", FAMILY)
    script = (HERE / "page.js").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src '{_digest(css)}'; script-src '{_digest(script)}'"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(subject.title)}: map</title>",
            f"<style>{css}</style></head>",
            '<body class="map"><a class="skip" href="#tables">Skip the picture, read the tables</a><main>',
            _figure(subject, wide, "wide"),
            _figure(subject, narrow, "narrow"),
            f'<p id="details" role="status">{HINT}</p>',
            '<section id="tables" tabindex="-1">',
            *_tables(subject),
            f"<p>{escape(CAVEAT)}</p></section></main>",
            f"<script>{script}</script></body></html>",
            "",
        ]
    )


def _digest(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _figure(subject: Subject, picture: Picture, name: str) -> str:
    # A title of a group is a tooltip in a file; on a page the details below say it, and the label for who listens.
    inside = _POINTED_AT.sub(r'<g \1 tabindex="0" role="img" aria-label="\2">', svg.contents(subject, picture, name))
    return (
        f'<figure class="{name}"><svg viewBox="0 0 {picture.width:g} {picture.height:g}" role="group" '
        f'aria-labelledby="{name}-t" aria-describedby="{name}-d">{inside}</svg></figure>'
    )


def _tables(subject: Subject) -> Iterable[str]:
    t = subject.territory
    communes = [
        (
            commune.name,
            commune.insee,
            subject.sector_of(commune),
            f"{commune.population_about:,}".replace(",", " "),
            "; ".join(f"{link.path.id} to {link.router.id}" for link in subject.links(commune)),
        )
        for commune in t.communes
    ]
    yield _table("Communes", ("Name", "INSEE code", "Sector", "People, about", "Ways to the datacenters"), communes)
    paths = [
        (path.name, path.id, subject.carriers[path.carrier], subject.burden(path), ", ".join(subject.ends_of(path)))
        for path in t.paths
    ]
    yield _table("Fibre paths", ("Name", "Id", "Carrier", "Carries", "Leads into"), paths)
    circuits = [(circuit.id, *circuit.routers, circuit.path) for circuit in t.circuits]
    yield _table("Circuits between datacenters", ("Id", "From", "To", "Rides"), circuits)
    names = {commune.insee: commune.name for commune in t.communes}
    sites = [
        (dc.name, dc.id, names.get(dc.commune, dc.commune), counted(len(dc.hosts), "host")) for dc in t.datacenters
    ]
    yield _table("Datacenters", ("Name", "Id", "Stands in", "Hosts"), sites)
    tunnels = f"{counted(TUNNELS, 'tunnel')} from each of {', '.join(dc.id for dc in t.datacenters)}"
    regions = [(region.name, region.id, region.provider_region, tunnels) for region in t.cloud_regions]
    yield _table("Cloud regions", ("Name", "Id", "Region", "VPN"), regions)


def _table(caption: str, heads: Sequence[str], rows: Iterable[Row]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(_row(heads, row) for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(heads: Sequence[str], row: Row) -> str:
    first = f'<th scope="row">{escape(row[0])}</th>'
    rest = "".join(
        f'<td data-head="{escape(head)}">{escape(cell)}</td>' for head, cell in zip(heads[1:], row[1:], strict=True)
    )
    return f"<tr>{first}{rest}</tr>"
