from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from math import dist, radians, sin
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.map import html, svg, text
from operations.map.layout import lay_out
from operations.map.projection import EARTH_RADIUS_KM, Projection
from operations.map.routes import Routes
from operations.map.sheet import NARROW, WIDE
from operations.map.subject import Subject
from territory.loader import load_territory
from territory.model import Territory
from tests.unit.operations.map.measure import SVG
from tests.unit.operations.map.towns import town, towns

README_PICTURE = Path(__file__).parents[4] / "docs" / "territory.svg"


@pytest.fixture(scope="module")
def bordeaux() -> Subject:
    return Subject(load_territory("bordeaux"))


def test_the_picture_in_the_documentation_is_current(bordeaux: Subject):
    drawn = svg.render(bordeaux, lay_out(bordeaux))

    assert README_PICTURE.read_text(encoding="utf-8") == drawn, "run ./metro map -f svg > docs/territory.svg"


def test_everything_declared_is_drawn_once(bordeaux: Subject):
    t = bordeaux.territory
    root = ET.fromstring(svg.render(bordeaux, lay_out(bordeaux)))
    groups = [group.attrib for group in root.iter(f"{SVG}g")]

    assert [group["data-commune"] for group in groups if "data-commune" in group] == [c.insee for c in t.communes]
    assert [group["data-place"] for group in groups if "data-place" in group] == ["lac", "pessac", "cloud-paris"]
    routes = [group["data-path"] for group in groups if "data-path" in group]
    enlarged = [path.id for path in t.paths if bordeaux.circuits_on(path)]
    assert sorted(routes) == sorted([*(path.id for path in t.paths), *enlarged])
    strands = [title.text for path in root.iter(f"{SVG}path") for title in path.findall(f"{SVG}title")]
    assert sorted(map(str, strands)) == sorted([c.id for c in t.circuits] * 2)


def test_circuits_ride_inside_their_path(bordeaux: Subject):
    for conduit in lay_out(bordeaux).conduits:
        riding = [c.id for c in bordeaux.territory.circuits if c.path == conduit.path]
        assert [strand.circuit for strand in conduit.strands] == riding
        for strand in conduit.strands:
            for one, other in zip(conduit.strands[0].points, strand.points, strict=True):
                assert dist(one, other) < conduit.bore


def test_no_two_paths_of_bordeaux_run_side_by_side(bordeaux: Subject):
    stretches: list[frozenset[tuple[float, float]]] = []
    for fibre in lay_out(bordeaux).fibres:
        stretches += [frozenset((segment[0], segment[3])) for segment in fibre.curve]

    assert len(stretches) == len(set(stretches)) > 50


@given(
    st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900)), min_size=1, max_size=14, unique=True),
    st.integers(1, 3),
)
def test_a_route_visits_every_stop_once_from_end_to_end(stops: list[tuple[float, float]], ends: int):
    homes = [(-10.0 * (i + 1), -10.0) for i in range(ends)]
    route, ring = Routes().find(homes, stops)
    found = list(route)

    assert sorted(found) == sorted([*homes, *stops])
    assert found[0] == homes[0]
    assert ring == (ends == 1 and len(found) > 2)
    if ends > 1:
        assert found[-1] == homes[-1]


def test_a_route_leaves_the_stretches_of_an_earlier_one():
    routes = Routes()
    square = [(10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (5.0, 15.0)]
    first, _ = routes.find([(0.0, 0.0)], square)
    second, _ = routes.find([(0.0, 0.0)], square)

    def stretches(route: tuple[tuple[float, float], ...]) -> set[frozenset[tuple[float, float]]]:
        return {frozenset(pair) for pair in pairwise([*route, route[0]])}

    assert not stretches(first) & stretches(second)


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(-1, 1), st.floats(-1, 1))
def test_the_projection_keeps_areas(lat: float, lon: float, up: float, across: float):
    """A cell of a hundredth of a degree has the same area on the plane as on the sphere, wherever it lies."""
    projection, side = Projection((lat, lon)), 0.01
    south, west = lat + up, lon + across
    corners = [(south, west), (south, west + side), (south + side, west + side), (south + side, west)]
    plane = [projection(corner) for corner in corners]
    area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*plane, plane[0]]))) / 2

    sphere = EARTH_RADIUS_KM**2 * radians(side) * (sin(radians(south + side)) - sin(radians(south)))

    assert area == pytest.approx(sphere, rel=1e-4)


@settings(max_examples=25, deadline=None)
@given(towns(most=40))
def test_the_text_fits_into_eighty_columns_and_names_everything(territory: Territory):
    drawn = text.render(Subject(territory))

    assert max(map(len, drawn.splitlines())) <= 80
    for number, commune in enumerate(territory.communes, start=1):
        assert re.search(rf"^ *{number}  {commune.insee}  ", drawn, re.MULTILINE)
    for dc in territory.datacenters:
        assert drawn.count(f"[{dc.id}]") == 2


def test_communes_lie_in_the_text_as_on_the_map():
    subject = Subject(town([("South", 44.7, -0.6), ("North-west", 44.9, -0.7), ("North-east", 44.9, -0.5)]))
    rows = text.render(subject).split("Communes:")[0].splitlines()[3:]
    at = {
        number: next(
            (row, found.start()) for row, line in enumerate(rows) if (found := re.search(rf"\b{number}\b", line))
        )
        for number in ("1", "2", "3")
    }

    assert at["2"][0] == at["3"][0] < at["1"][0]
    assert at["2"][1] < at["1"][1] < at["3"][1]


class _Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _page(subject: Subject) -> str:
    return html.render(subject, lay_out(subject, WIDE), lay_out(subject, NARROW))


def test_the_page_stands_alone_and_can_be_heard_and_stepped_through(bordeaux: Subject):
    page = _page(bordeaux)
    tags = _Page(page).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    reached = [attributes for tag, attributes in tags if tag == "g" and attributes.get("tabindex") == "0"]

    assert "http" not in page.replace("http-equiv", "")
    assert not {"link", "img", "iframe"} & {tag for tag, _ in tags}
    assert len(ids) == len(set(ids))
    assert all(attributes["aria-label"] for attributes in reached)
    for sheet in (WIDE, NARROW):
        assert {f"{sheet.name}-t", f"{sheet.name}-d"} <= set(ids)
    labels = {str(attributes["aria-label"]).split(":")[0] for attributes in reached}
    assert {commune.name for commune in bordeaux.territory.communes} <= labels
    assert {path.name for path in bordeaux.territory.paths} <= labels
    assert page.count('<th scope="row">') == 28 + 7 + 4 + 2 + 1


def test_names_cannot_become_markup():
    hostile = "</style><script>alert('&\"')"
    subject = Subject(town([(hostile, 44.8, -0.5), ("Beside", 44.9, -0.6)]))
    page = _page(subject)

    ET.fromstring(svg.render(subject, lay_out(subject)))
    assert page.count("<script>") == 1
    assert [tag for tag, _ in _Page(page).tags].count("script") == 1
