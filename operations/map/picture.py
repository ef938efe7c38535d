"""Everything on the sheet with its position: what `layout` computes and `svg` writes down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from operations.map import fonts
from operations.map.geometry import Box, Curve, Point


class Anchor(StrEnum):
    """Which end of a text its point is; the values are SVG's."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


class Tone(StrEnum):
    """What a text is, for its colour and weight."""

    TITLE = "title"
    HEADING = "heading"
    COMMUNE = "commune"
    PLACE = "place"
    """A datacenter or a cloud region."""
    PATH = "path"
    SECTOR = "sector"
    NOTE = "note"
    BODY = "body"


BOLD_TONES = frozenset({Tone.TITLE, Tone.HEADING, Tone.PLACE, Tone.PATH})


@dataclass(frozen=True)
class Text:
    """One line of text."""

    at: Point
    """On the baseline, at the end that `anchor` says."""
    text: str
    size: float
    tone: Tone = Tone.BODY
    anchor: Anchor = Anchor.START
    slot: int | None = None
    """The colour of a path, where the text names one."""

    @property
    def box(self) -> Box:
        """What it covers at most."""
        width = fonts.width(self.text, self.size, bold=self.tone in BOLD_TONES)
        left = self.at[0] - {Anchor.START: 0.0, Anchor.MIDDLE: width / 2, Anchor.END: width}[self.anchor]
        return Box(left, self.at[1] - fonts.ASCENT * self.size, width, (fonts.ASCENT + fonts.DESCENT) * self.size)


@dataclass(frozen=True)
class Label:
    """A text that belongs to something on the map."""

    subject: str
    """What it names: `commune:33063`, `place:lac`, `path:garonne-north`, `sector:right-bank`."""
    text: Text
    leader: tuple[Point, Point] | None = None


@dataclass(frozen=True)
class Area:
    """The ground around a commune."""

    insee: str
    outline: tuple[Point, ...]
    tint: int
    """Which of the shades its sector has."""


@dataclass(frozen=True)
class Fibre:
    """A path on its way from commune to commune."""

    path: str
    slot: int
    curve: Curve


@dataclass(frozen=True)
class Strand:
    """A circuit inside the path it rides."""

    circuit: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Conduit:
    """A path between two datacenters, with the circuits in it."""

    path: str
    slot: int
    curve: Curve
    strands: tuple[Strand, ...]

    @property
    def bore(self) -> float:
        """How wide it has to be drawn for its circuits to lie in it."""
        return 6 + STRAND_STEP * len(self.strands)


STRAND_STEP = 4.0
"""From one circuit in a conduit to the next."""


@dataclass(frozen=True)
class Tunnels:
    """The VPN between a datacenter and a cloud region."""

    site: str
    region: str
    strands: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True)
class Stop:
    """A commune's point of presence."""

    insee: str
    at: Point
    radius: float

    @property
    def box(self) -> Box:
        """What its marker covers."""
        return Box.around(self.at, 2 * self.radius + 2)


@dataclass(frozen=True)
class Mark:
    """A datacenter or a cloud region."""

    id: str
    box: Box


@dataclass(frozen=True)
class Swatch:
    """A sample of a path's line, or of another symbol, in the legend."""

    kind: str
    """`path`, `conduit`, `tunnel`, `commune`, `datacenter`, `cloud`, `area`."""
    box: Box
    slot: int = 0


@dataclass(frozen=True)
class Junction:
    """A border router in the enlarged interconnect."""

    router: str
    box: Box


@dataclass(frozen=True)
class Diagram:
    """Two datacenters and what joins them, enlarged."""

    sites: tuple[Mark, Mark]
    junctions: tuple[Junction, ...]
    conduits: tuple[Conduit, ...]


@dataclass(frozen=True)
class Picture:
    """A whole sheet."""

    width: float
    height: float
    title: str
    summary: str
    frame: Box
    """The part of the sheet that is the map."""
    areas: tuple[Area, ...]
    fibres: tuple[Fibre, ...]
    conduits: tuple[Conduit, ...]
    tunnels: tuple[Tunnels, ...]
    stops: tuple[Stop, ...]
    sites: tuple[Mark, ...]
    clouds: tuple[Mark, ...]
    labels: tuple[Label, ...]
    texts: tuple[Text, ...]
    """Headings, legend, notes."""
    swatches: tuple[Swatch, ...]
    diagrams: tuple[Diagram, ...]
    scale: tuple[Point, Point]
    """The bar whose length in kilometres a text beside it says."""
