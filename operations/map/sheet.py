"""The two sheets a map is laid out on: one for desks and documents, one for phones."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Sheet:
    """Sizes of a sheet, in its own units: at its natural size they are pixels."""

    name: str
    map_width: float
    tallest_map: float
    """The map is as tall as the territory makes it, within bounds."""
    lowest_map: float
    panel_width: float
    beside: bool
    """Whether the legend stands beside the map or below it."""
    edge: float
    """Between the frame of the map and its outermost commune."""
    commune_size: float
    """Font sizes."""
    place_size: float
    body_size: float
    title_size: float
    stop_radius: float
    mark: float
    """Side of a datacenter's marker."""
    clearance: float = 4.0
    """Between two markers, at least."""

    @property
    def width(self) -> float:
        """Of the whole sheet."""
        return self.map_width + MARGIN + self.panel_width + MARGIN if self.beside else self.map_width

    def grown(self, factor: float) -> Sheet:
        """The same sheet with more room for the map and letters as large as before."""
        width = round(self.map_width * factor)
        return replace(
            self,
            map_width=width,
            tallest_map=round(self.tallest_map * factor),
            lowest_map=round(self.lowest_map * factor),
            # Communes on one spot stay on one spot at any scale: only this makes room between them.
            clearance=self.clearance + CLEARANCE_GROWTH * (factor - 1),
            panel_width=self.panel_width if self.beside else width - 2 * MARGIN,
        )


MARGIN = 20.0
"""Around panels."""

CLEARANCE_GROWTH = 24.0
"""Markers move apart by so much when a sheet doubles."""

WIDE = Sheet(
    name="wide",
    map_width=820,
    tallest_map=920,
    lowest_map=560,
    panel_width=360,
    beside=True,
    edge=78,
    commune_size=13,
    place_size=14,
    body_size=12.5,
    title_size=26,
    stop_radius=5.5,
    mark=30,
)

NARROW = Sheet(
    name="narrow",
    map_width=400,
    tallest_map=600,
    lowest_map=340,
    panel_width=360,
    beside=False,
    edge=34,
    commune_size=10.5,
    place_size=11.5,
    body_size=12.5,
    title_size=22,
    stop_radius=4,
    mark=22,
)
