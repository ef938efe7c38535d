"""A territory's map for a terminal: 80 columns, numbers for communes, everything the picture shows in tables below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import fill, wrap
from unicodedata import normalize

from operations.map.geometry import bounds
from operations.map.projection import Projection, centre_of
from operations.map.subject import CAVEAT, TUNNELS, Subject, counted

COLUMNS = 80
MOST_ROWS = 34
ASPECT = 0.5
"""Width of a character over its height."""


def render(subject: Subject) -> str:
    """The whole text; no line is longer than `COLUMNS`."""
    lines = [normalize("NFC", subject.title), *wrap(subject.summary, COLUMNS), ""]
    lines += [*_map(subject), "", *_communes(subject), "", *_datacenters(subject), ""]
    lines += [*_interconnect(subject), *_paths(subject), "", *_clouds(subject), "", fill(CAVEAT, COLUMNS)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _map(subject: Subject) -> Iterable[str]:
    """Every commune's number, and every datacenter in brackets, where they lie; north is up."""
    t = subject.territory
    homes = {commune.insee: (commune.lat_about, commune.lon_about) for commune in t.communes}
    places = [*homes.values(), *(subject.place_of(dc) for dc in t.datacenters)]
    projection = Projection(centre_of(places))
    plane = [projection(place) for place in places]
    extent = bounds(plane)
    marks = [str(number) for number in range(1, len(t.communes) + 1)] + [f"[{dc.id}]" for dc in t.datacenters]
    room = COLUMNS - max(map(len, marks))
    rows = min(MOST_ROWS, max(4, round(room * ASPECT * extent.height / max(extent.width, 1e-6))))
    across = min(room - 1, (rows - 1) / ASPECT * extent.width / extent.height) if extent.height else room - 1
    left = (room - across) / 2
    grid: dict[int, list[tuple[int, str]]] = {}
    # Datacenters are fewer and longer: they choose first, communes then keep clear of them.
    for mark, (x, y) in sorted(zip(marks, plane, strict=True), key=lambda item: not item[0].startswith("[")):
        column = round(left + (x - extent.left) / max(extent.width, 1e-6) * across)
        row = round((y - extent.top) / max(extent.height, 1e-6) * (rows - 1))
        _put(grid, row, column, mark)
    names = {str(number): commune.name for number, commune in enumerate(t.communes, start=1)}
    for row in range(min(grid), max(grid) + 1):
        yield _written(sorted(grid.get(row, [])), names)


def _written(marks: Sequence[tuple[int, str]], names: Mapping[str, str]) -> str:
    """One row: each mark at its column, with its name after it where that runs into nothing."""
    line = ""
    for i, (column, mark) in enumerate(marks):
        named = f"{mark} {names[mark]}" if mark in names else mark
        end = marks[i + 1][0] - 1 if i + 1 < len(marks) else COLUMNS
        line = line.ljust(column) + (named if column + len(named) <= end else mark)
    return line


def _put(grid: dict[int, list[tuple[int, str]]], row: int, column: int, mark: str) -> None:
    """Write a mark as near to its place as it finds room."""
    tries = sorted(
        ((abs(down) / ASPECT + abs(across), down, across) for down in range(-12, 13) for across in range(-30, 31)),
    )
    for _, down, across in tries:
        start = min(max(column + across, 0), COLUMNS - len(mark))
        taken = grid.setdefault(row + down, [])
        if all(start + len(mark) < other or other + len(text) < start for other, text in taken):
            taken.append((start, mark))
            return
    grid[max(grid) + 1] = [(min(column, COLUMNS - len(mark)), mark)]


def _communes(subject: Subject) -> Iterable[str]:
    yield "Communes: number, INSEE code, name, sector, ways to the datacenters"
    for number, commune in enumerate(subject.territory.communes, start=1):
        ways = ", ".join(f"{link.path.id} > {link.router.id}" for link in subject.links(commune))
        yield f"{number:>3}  {commune.insee}  {commune.name}, {subject.sector_of(commune)}"[:COLUMNS]
        yield from wrap(ways, COLUMNS, initial_indent=" " * 12, subsequent_indent=" " * 12)


def _datacenters(subject: Subject) -> Iterable[str]:
    yield "Datacenters"
    names = {commune.insee: commune.name for commune in subject.territory.communes}
    for dc in subject.territory.datacenters:
        yield from _entry(
            f"[{dc.id}]  {dc.name}", f"in {names.get(dc.commune, dc.commune)}, {counted(len(dc.hosts), 'host')}"
        )


def _interconnect(subject: Subject) -> Iterable[str]:
    for (one, other), circuits in subject.pairs.items():
        yield f"{one} to {other}: {counted(len(circuits), 'circuit')}, router == path == router"
        longest = max(len(router) for circuit in circuits for router in circuit.routers)
        widest = max(len(circuit.path) for circuit in circuits)
        for circuit in circuits:
            first, second = circuit.routers
            line = f"  {first:<{longest}} =={circuit.path:=^{widest + 2}}== {second}"
            yield from [line] if len(line) <= COLUMNS else _entry(f"  {first} to {second}", f"on {circuit.path}")
        yield ""


def _paths(subject: Subject) -> Iterable[str]:
    yield "Paths: one physical route each; cut it, and all it carries is cut"
    for path in subject.territory.paths:
        yield from _entry(f"  {path.id}", f"{path.name}; {subject.carriers[path.carrier]}; {subject.burden(path)}")


def _clouds(subject: Subject) -> Iterable[str]:
    yield "Cloud regions"
    ends = ", ".join(dc.id for dc in subject.territory.datacenters)
    for region in subject.territory.cloud_regions:
        detail = f"{region.provider_region}; {counted(TUNNELS, 'VPN tunnel')} from each of {ends}"
        yield from _entry(f"  {region.id}  {region.name}", detail)


def _entry(head: str, detail: str) -> Sequence[str]:
    """Both on one line where they fit, else the detail indented below."""
    one = f"{head}  {detail}"
    if len(one) <= COLUMNS:
        return [one]
    head_lines = wrap(head, COLUMNS, subsequent_indent=" " * 6, drop_whitespace=False) or [head]
    return [*head_lines, *wrap(detail, COLUMNS, initial_indent=" " * 6, subsequent_indent=" " * 6)]
