"""Numbers of the address plan are unique where they count, so that two things never share an address or a VLAN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from territory.errors import Violation
from territory.model import Territory
from territory.yaml_source import Pointer

_Entry = tuple[Pointer, str, int]


def check(t: Territory) -> Iterator[Violation]:
    """Each number once: of datacenters, cloud regions, a site's routers, circuits, access networks, all assets."""
    yield from _repeated(
        (("datacenters", i, "number"), f"datacenter {dc.id}", dc.number) for i, dc in enumerate(t.datacenters)
    )
    yield from _repeated(
        (("cloud_regions", i, "number"), f"cloud region {region.id}", region.number)
        for i, region in enumerate(t.cloud_regions)
    )
    for site in dict.fromkeys(router.site for router in t.border_routers):
        yield from _repeated(
            (("border_routers", i, "number"), f"border router {router.id}", router.number)
            for i, router in enumerate(t.border_routers)
            if router.site == site
        )
    yield from _repeated(
        (("circuits", i, "number"), f"circuit {circuit.id}", circuit.number) for i, circuit in enumerate(t.circuits)
    )
    yield from _repeated(
        (("access_networks", i, "number"), f"access network {network.id}", network.number)
        for i, network in enumerate(t.access_networks)
    )
    yield from _repeated(
        (("services", i, "assets", j, "number"), f"asset {asset.id} of service {service.id}", asset.number)
        for i, service in enumerate(t.services)
        for j, asset in enumerate(service.assets)
    )


def _repeated(entries: Iterable[_Entry]) -> Iterator[Violation]:
    entries = tuple(entries)
    taken = {number for _, _, number in entries}
    holders: dict[int, str] = {}
    for pointer, holder, number in entries:
        first = holders.setdefault(number, holder)
        if first is not holder:
            free = next(candidate for candidate in range(1, len(taken) + 2) if candidate not in taken)
            yield Violation(
                pointer,
                f"{holder} has number {number}, which {first} has: they would share addresses",
                found=str(number),
                expected="a number of its own, never given to another before",
                nearest=str(free),
                remedy=f"Write number: {free}, unless something had it once; then take the next.",
            )
