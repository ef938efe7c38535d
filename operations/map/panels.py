"""What stands beside the map: the enlarged interconnect, the legend, what the picture does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from operations.map import fonts
from operations.map.diagrams import enlarge
from operations.map.geometry import Box, Point
from operations.map.picture import Diagram, Swatch, Text, Tone
from operations.map.sheet import Sheet
from operations.map.subject import CAVEAT, TUNNELS, Subject, counted

SAMPLE = 40.0
"""Length of a line's sample in the legend."""


@dataclass
class Panels:
    """A column that is written from top to bottom."""

    sheet: Sheet
    left: float
    y: float
    texts: list[Text] = field(default_factory=list[Text])
    swatches: list[Swatch] = field(default_factory=list[Swatch])
    diagrams: list[Diagram] = field(default_factory=list[Diagram])

    def heading(self, text: str) -> None:
        """A heading with some room above it."""
        self.y += 30
        size = self.sheet.body_size + 2
        shown = fonts.shortened(text, self.sheet.panel_width, size, bold=True)
        self.texts.append(Text((self.left, self.y), shown, size, Tone.HEADING))
        self.y += 8

    def note(self, text: str) -> None:
        """A paragraph in small letters."""
        for line in fonts.wrapped(text, self.sheet.panel_width, self.sheet.body_size - 1):
            self.y += self.sheet.body_size + 4
            self.texts.append(Text((self.left, self.y), line, self.sheet.body_size - 1, Tone.NOTE))

    def entry(self, kind: str, name: str, detail: str, slot: int = 0) -> None:
        """A symbol with its meaning."""
        size, room = self.sheet.body_size, self.sheet.panel_width - SAMPLE - 12
        lines = [(line, size, Tone.BODY) for line in fonts.wrapped(name, room, size)]
        lines += [(line, size - 1, Tone.NOTE) for line in fonts.wrapped(detail, room, size - 1)]
        self.y += 5
        first = self.y
        for line, letters, tone in lines:
            self.y += size + 4
            self.texts.append(Text((self.left + SAMPLE + 12, self.y), line, letters, tone))
        self.swatches.append(Swatch(kind, Box.around((self.left + SAMPLE / 2, first + size), SAMPLE, 16), slot))
        self.y += 2


def fill(subject: Subject, sheet: Sheet, slots: Mapping[str, int], tints: Mapping[str, int], at: Point) -> Panels:
    """The whole column, its upper left corner at a point."""
    panels = Panels(sheet, at[0], at[1])
    for pair, circuits in subject.pairs.items():
        panels.heading(f"{pair[0]} to {pair[1]}, enlarged")
        carrying = len({circuit.path for circuit in circuits})
        panels.note(f"{counted(len(circuits), 'circuit')} between border routers, inside {counted(carrying, 'path')}")
        corner = (panels.left, panels.y + 10)
        enlarged = enlarge(subject, pair, slots, corner, sheet.panel_width, sheet.body_size)
        panels.diagrams.append(enlarged.diagram)
        panels.texts += enlarged.texts
        panels.y = corner[1] + enlarged.height
    _paths(subject, slots, panels)
    _symbols(subject, panels)
    _sectors(subject, tints, panels)
    panels.y += 6
    panels.note(CAVEAT)
    return panels


def _paths(subject: Subject, slots: Mapping[str, int], panels: Panels) -> None:
    panels.heading("Fibre paths")
    panels.note("One line is one physical route: cut it, and all it carries is cut.")
    panels.y += 2
    for path in subject.territory.paths:
        kind = "conduit" if subject.circuits_on(path) else "path"
        panels.entry(
            kind, path.name, f"{path.id} · {subject.carriers[path.carrier]} · {subject.burden(path)}", slots[path.id]
        )


def _symbols(subject: Subject, panels: Panels) -> None:
    panels.heading("Symbols")
    territory = subject.territory
    panels.entry("commune", "A commune's point of presence", "in the colours of the paths that reach it")
    panels.entry("datacenter", "Datacenter", ", ".join(dc.name for dc in territory.datacenters))
    regions = ", ".join(f"{region.name} ({region.provider_region})" for region in territory.cloud_regions)
    panels.entry("cloud", "Cloud region", regions)
    panels.entry("tunnel", "VPN connection", f"{counted(TUNNELS, 'tunnel')} from each datacenter to each cloud region")


def _sectors(subject: Subject, tints: Mapping[str, int], panels: Panels) -> None:
    panels.heading("Sectors")
    for sector in subject.territory.sectors:
        members = sum(commune.sector == sector.id for commune in subject.territory.communes)
        panels.entry("area", f"{sector.name} · {counted(members, 'commune')}", "", tints.get(sector.id, 0))
