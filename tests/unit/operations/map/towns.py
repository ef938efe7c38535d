"""Territories of as many communes as a test needs, anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hypothesis import strategies as st

from territory.model import Territory
from tests.unit.components.example import example

LATIN = "abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöûüÿœæßñøåABCDEFGHIJKLMNOPQRSTUVWXYZÉÈÎÔÇ '’-"

Home = tuple[str, float, float]
"""Name, latitude and longitude of a commune."""


def town(homes: Sequence[Home], *, sites: int = 2, routers: int = 2) -> Territory:
    """A territory with one commune a home, each on two of the example's three paths."""
    drawn = example(sites, routers)
    first, paths = drawn.communes[0].model_dump(mode="json"), ("north", "south", "ring")
    networks = [
        {"id": f"{site}-{path}", "number": number, "router": f"{site}-router-1", "path": path}
        for number, (site, path) in enumerate(product(("lac", "pessac"), paths), start=1)
    ]
    communes: list[dict[str, object]] = []
    for i, (name, lat, lon) in enumerate(homes):
        access = [f"lac-{paths[i % 3]}", f"pessac-{paths[(i + 1) % 3]}"]
        insee = "33063" if i == 0 else f"34{i:03}"
        communes.append({**first, "insee": insee, "name": name, "lat_about": lat, "lon_about": lon, "access": access})
    return Territory.model_validate(
        {**drawn.model_dump(mode="json"), "access_networks": networks, "communes": communes}
    )


@st.composite
def towns(draw: st.DrawFn, most: int = 60) -> Territory:
    """Up to `most` communes: spread evenly or in clusters, with names as long as names get."""
    count = draw(st.integers(1, most))
    lat, lon = draw(st.floats(-70, 70)), draw(st.floats(-180, 180))
    size = draw(st.sampled_from([0.02, 0.3, 2.0]))
    centres = draw(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=4))
    tightness = draw(st.sampled_from([0.05, 0.4, 1.0]))
    offset = st.floats(-1, 1)
    homes: list[Home] = []
    for i in range(count):
        x, y = centres[i % len(centres)]
        name = draw(st.text(LATIN, min_size=1, max_size=26).map(lambda text: text.strip() or "X"))
        up, across = draw(offset), draw(offset)
        homes.append(
            (
                name,
                max(-89.0, min(89.0, lat + size * (y + tightness * up))),
                (lon + size * (x + tightness * across) + 180) % 360 - 180,
            )
        )
    return town(homes, sites=draw(st.integers(2, 3)), routers=draw(st.integers(1, 3)))
