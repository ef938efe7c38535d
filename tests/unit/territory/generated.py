"""Territories that hypothesis invents, on the one function that makes them."""

from __future__ import annotations

from hypothesis import strategies as st

from territory.generation import Shape
from territory.model import Asset, Criticality, Placement, Service, Territory, Zone


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


@st.composite
def with_services(draw: st.DrawFn, base: Territory) -> Territory:
    """The territory with other services, whose assets are in any zone, on the territory's own sites or in regions."""
    datacenters, regions = [dc.id for dc in base.datacenters], [region.id for region in base.cloud_regions]
    services: list[Service] = []
    number = 0
    for s in range(draw(st.integers(1, 5))):
        assets: list[Asset] = []
        for a in range(draw(st.integers(1, 4))):
            number += 1
            public = draw(st.booleans())
            sites = draw(st.lists(st.sampled_from(regions if public else datacenters), min_size=1, unique=True))
            assets.append(
                Asset(
                    id=f"a-{a}",
                    number=number,
                    zone=draw(st.sampled_from(Zone)),
                    sites=tuple(sites),
                    placement=Placement.PUBLIC if public else Placement.PRIVATE,
                    replicas=draw(st.integers(1, 4)),
                )
            )
        needs = draw(st.sets(st.sampled_from([other.id for other in services]))) if services else set[str]()
        services.append(
            Service(
                id=f"s-{s}",
                name=f"S{s}",
                owner=draw(st.sampled_from(["team", base.communes[0].insee])),
                criticality=draw(st.sampled_from(Criticality)),
                depends_on=tuple(sorted(needs)),
                assets=tuple(assets),
            )
        )
    return base.model_copy(update={"services": tuple(services)})
