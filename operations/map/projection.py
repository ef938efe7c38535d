"""From latitude and longitude to kilometres on a plane, areas kept: Lambert's azimuthal projection about a centre."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, atan2, cos, degrees, radians, sin, sqrt

from operations.map.geometry import Point

EARTH_RADIUS_KM = 6371.0088
"""Mean radius: at the size of a metropolis the ellipsoid changes nothing one could see."""

Place = tuple[float, float]
"""Latitude and longitude, in degrees."""


class Projection:
    """Equal-area about a centre; x grows eastwards and y southwards, as on a screen."""

    def __init__(self, centre: Place) -> None:
        self._latitude, self._longitude = radians(centre[0]), radians(centre[1])

    def __call__(self, place: Place) -> Point:
        """Kilometres from the centre. The antipode, which has no image, comes out at the edge."""
        latitude, turn = radians(place[0]), radians(place[1]) - self._longitude
        toward = 1 + sin(self._latitude) * sin(latitude) + cos(self._latitude) * cos(latitude) * cos(turn)
        stretch = EARTH_RADIUS_KM * sqrt(2 / max(toward, 1e-12))
        north = cos(self._latitude) * sin(latitude) - sin(self._latitude) * cos(latitude) * cos(turn)
        return stretch * cos(latitude) * sin(turn), -stretch * north


def centre_of(places: Sequence[Place]) -> Place:
    """The middle of some places, also where they lie on both sides of the date line."""
    x = sum(cos(radians(lat)) * cos(radians(lon)) for lat, lon in places)
    y = sum(cos(radians(lat)) * sin(radians(lon)) for lat, lon in places)
    z = sum(sin(radians(lat)) for lat, _ in places)
    length = sqrt(x * x + y * y + z * z) or 1.0
    return degrees(asin(max(-1.0, min(1.0, z / length)))), degrees(atan2(y, x))
