"""A territory made of as many datacenters and routers as a test needs, without a file."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from territory.model import Territory

SITES = ("lac", "pessac", "merignac")


def example(sites: int = 2, routers: int = 2, **changes: Any) -> Territory:
    """`sites` datacenters with `routers` border routers each, every router joined to every one of each other site.

    Circuit n between two sites rides the north path when its ends have the same number, else the south one.
    """
    names = SITES[:sites]
    data: dict[str, Any] = {
        "name": "example",
        "title": "Example",
        "address_space": {
            "sites": "10.0.0.0/12",
            "links": "10.32.0.0/16",
            "cloud": "10.48.0.0/12",
            "communes": {"33": "10.64.0.0/10"},
        },
        "datacenters": [_datacenter(number, name) for number, name in enumerate(names, start=1)],
        "cloud_regions": [
            {
                "id": "paris",
                "name": "Paris",
                "number": 1,
                "provider_region": "eu-west-3",
                "country": "FR",
                "zones": ["a", "b"],
                "image": "ami-0a1b2c3d4e5f60718",
            }
        ],
        "carriers": [{"id": "atlantic", "name": "Atlantic"}, {"id": "estuary", "name": "Estuary"}],
        "paths": [
            {"id": "ring", "name": "Ring", "carrier": "atlantic"},
            {"id": "north", "name": "North", "carrier": "atlantic"},
            {"id": "south", "name": "South", "carrier": "estuary"},
        ],
        "border_routers": [_router(site, number) for site in names for number in range(1, routers + 1)],
        "circuits": _circuits(names, routers),
        "access_networks": [
            {"id": "ring-lac-1", "number": 1, "router": "lac-router-1", "path": "ring"},
            {"id": "south-pessac-1", "number": 2, "router": "pessac-router-1", "path": "south"},
        ],
        "sectors": [{"id": "centre", "name": "Centre"}],
        "communes": [
            {
                "insee": "33063",
                "name": "Bordeaux",
                "sector": "centre",
                "population_about": 260_000,
                "lat_about": 44.84,
                "lon_about": -0.58,
                "vcenter": "lac",
                "access": ["ring-lac-1", "south-pessac-1"],
            }
        ],
        "services": [
            {
                "id": "water",
                "name": "Drinking water",
                "owner": "water-operations",
                "criticality": "vital",
                "assets": [
                    {"id": "db", "number": 1, "zone": "data", "sites": ["lac", "pessac"], "replicas": 2},
                    {"id": "web", "number": 2, "zone": "dmz", "sites": ["lac"], "cpus": 1, "memory_mib": 512},
                    {"id": "portal", "number": 3, "zone": "dmz", "sites": ["paris"], "placement": "public"},
                ],
            },
            {
                "id": "registry",
                "name": "Civil registry",
                "owner": "33063",
                "criticality": "standard",
                "assets": [{"id": "app", "number": 4, "zone": "services", "sites": ["pessac"]}],
            },
        ],
    }
    return Territory.model_validate({**data, **changes})


def _datacenter(number: int, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": name.capitalize(),
        "number": number,
        "commune": "33063",
        "feeds": ["feed-a", "feed-b"],
        "hosts": [
            {"name": f"{name}-esxi-{n}", "feed": feed, "cpu_cores": 16, "memory_gib": 64}
            for n, feed in enumerate(("feed-a", "feed-b", "feed-a"), start=1)
        ],
        "datastore": f"{name}-san-1",
        "template": "debian-12",
        "vpn_address": f"192.0.2.{number}",
    }


def _router(site: str, number: int) -> dict[str, Any]:
    return {
        "id": f"{site}-router-{number}",
        "number": number,
        "site": site,
        "feed": "feed-a" if number % 2 else "feed-b",
    }


def _circuits(sites: tuple[str, ...], routers: int) -> list[dict[str, Any]]:
    ends = [
        (a, i, b, j) for a, b in combinations(sites, 2) for i in range(1, routers + 1) for j in range(1, routers + 1)
    ]
    return [
        {
            "id": f"{a}-{i}-{b}-{j}",
            "number": number,
            "routers": [f"{a}-router-{i}", f"{b}-router-{j}"],
            "path": "north" if i == j else "south",
        }
        for number, (a, i, b, j) in enumerate(ends, start=1)
    ]
