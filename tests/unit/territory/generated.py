"""Territories that hypothesis invents, on the one function that makes them."""

from __future__ import annotations

from hypothesis import strategies as st

from territory.generation import Shape


def shapes(most_communes: int = 40, most_services: int = 12) -> st.SearchStrategy[Shape]:
    """Shapes of valid territories, the simplest first."""
    return st.builds(
        Shape,
        communes=st.integers(1, most_communes),
        datacenters=st.integers(2, 3),
        routers=st.integers(2, 4),
        sectors=st.integers(1, 5),
        zones=st.integers(2, 4),
        cloud_regions=st.integers(1, 3),
        services=st.integers(1, most_services),
        edge_sites=st.integers(0, 6),
        name=st.sampled_from(["generated", "elsewhere"]),
    )
