"""Ids are unique among their kind, so that a reference means one thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from territory.errors import Violation
from territory.model import Territory
from territory.yaml_source import Pointer

_Entry = tuple[Pointer, str]


def check(t: Territory) -> Iterator[Violation]:
    """Each id once; the two kinds of site share their ids, because assets name either."""
    sites: list[_Entry] = [(("datacenters", i, "id"), dc.id) for i, dc in enumerate(t.datacenters)]
    sites += [(("cloud_regions", i, "id"), region.id) for i, region in enumerate(t.cloud_regions)]
    yield from _repeated("site", sites)
    yield from _repeated(
        "host",
        (
            (("datacenters", i, "hosts", j, "name"), h.name)
            for i, dc in enumerate(t.datacenters)
            for j, h in enumerate(dc.hosts)
        ),
    )
    for i, dc in enumerate(t.datacenters):
        yield from _repeated(
            f"feed of {dc.id}", ((("datacenters", i, "feeds", j), feed) for j, feed in enumerate(dc.feeds))
        )
    for i, region in enumerate(t.cloud_regions):
        zones = ((("cloud_regions", i, "zones", j), zone) for j, zone in enumerate(region.zones))
        yield from _repeated(f"availability zone of {region.id}", zones)
    yield from _repeated("carrier", ((("carriers", i, "id"), carrier.id) for i, carrier in enumerate(t.carriers)))
    yield from _repeated("path", ((("paths", i, "id"), path.id) for i, path in enumerate(t.paths)))
    yield from _repeated(
        "border router", ((("border_routers", i, "id"), router.id) for i, router in enumerate(t.border_routers))
    )
    yield from _repeated("circuit", ((("circuits", i, "id"), circuit.id) for i, circuit in enumerate(t.circuits)))
    networks = ((("access_networks", i, "id"), network.id) for i, network in enumerate(t.access_networks))
    yield from _repeated("access network", networks)
    yield from _repeated("sector", ((("sectors", i, "id"), sector.id) for i, sector in enumerate(t.sectors)))
    yield from _repeated("commune", ((("communes", i, "insee"), commune.insee) for i, commune in enumerate(t.communes)))
    for i, commune in enumerate(t.communes):
        joined = ((("communes", i, "access", j), network) for j, network in enumerate(commune.access))
        yield from _repeated(f"access network of commune {commune.insee}", joined)
    yield from _repeated("service", ((("services", i, "id"), service.id) for i, service in enumerate(t.services)))
    for i, service in enumerate(t.services):
        yield from _repeated(
            f"asset of {service.id}", ((("services", i, "assets", j, "id"), a.id) for j, a in enumerate(service.assets))
        )
        needs = ((("services", i, "depends_on", j), other) for j, other in enumerate(service.depends_on))
        yield from _repeated(f"dependency of {service.id}", needs)
        for j, asset in enumerate(service.assets):
            where = ((("services", i, "assets", j, "sites", k), site) for k, site in enumerate(asset.sites))
            yield from _repeated(f"site of {service.id}'s asset {asset.id}", where)
    yield from _repeated("edge site", ((("edge_sites", i, "id"), site.id) for i, site in enumerate(t.edge_sites)))
    for i, site in enumerate(t.edge_sites):
        fed = ((("edge_sites", i, "services", j), service) for j, service in enumerate(site.services))
        yield from _repeated(f"service of {site.id}", fed)


def _repeated(kind: str, entries: Iterable[_Entry]) -> Iterator[Violation]:
    seen: set[str] = set()
    for pointer, name in entries:
        if name in seen:
            yield Violation(
                pointer,
                f'{kind} "{name}" is written down twice',
                found=name,
                expected=f"each {kind} once",
                remedy="Rename or delete one of the two.",
            )
        seen.add(name)
