"""Territories that are not Bordeaux: other names, another département, as many of everything as a test asks for."""

from __future__ import annotations

import json
from itertools import combinations, product
from pathlib import Path
from typing import Any

SITES = ("keravel", "penfeld", "recouvrance", "moulin-blanc")
ZONES = ("services", "data", "dmz", "iot")


def write_territory(folder: Path, *, sites: int, routers: int, feeds: int) -> Path:
    """A folder with a territory in which each router is joined to every router of every other site.

    Each pair of sites has two paths of its own, of two carriers; a circuit whose ends have one number rides the first.
    """
    folder.mkdir()
    # JSON is YAML.
    (folder / "territory.yaml").write_text(json.dumps(_document(SITES[:sites], routers, feeds)))
    return folder


def _document(sites: tuple[str, ...], routers: int, feeds: int) -> dict[str, Any]:
    numbers = range(1, routers + 1)
    feed_names = [f"line-{number}" for number in range(1, feeds + 1)]
    ends = [(pair, i, j) for pair in combinations(sites, 2) for i, j in product(numbers, numbers)]
    return {
        "name": "finistere",
        "title": "Finistère",
        "address_space": {
            "sites": "172.16.0.0/12",
            "links": "10.0.0.0/16",
            "cloud": "10.16.0.0/12",
            "communes": {"29": "10.64.0.0/10"},
        },
        "datacenters": [
            {
                "id": site,
                "name": site.capitalize(),
                "number": number,
                "commune": "29019",
                "feeds": feed_names,
                "hosts": [
                    {"name": f"{site}-host-{n}", "feed": feed_names[n % feeds], "cpu_cores": 8, "memory_gib": 64}
                    for n in range(2 * feeds)
                ],
                "datastore": f"{site}-array",
                "template": "debian-13",
                "vpn_address": f"203.0.113.{number}",
            }
            # Numbers need not be dense, nor in order.
            for number, site in zip(range(15, 0, -3), sites, strict=False)
        ],
        "cloud_regions": [
            {
                "id": "cloud",
                "name": "Cloud",
                "number": 2,
                "provider_region": "eu-central-1",
                "country": "DE",
                "zones": ["a", "b"],
                "image": "ami-0a1b2c3d4e5f60718",
            }
        ],
        "carriers": [{"id": "first", "name": "First"}, {"id": "second", "name": "Second"}],
        "paths": [
            {"id": f"{a}-{b}-{carrier}", "name": f"{a} to {b}", "carrier": carrier}
            for (a, b), carrier in product(combinations(sites, 2), ("first", "second"))
        ],
        "border_routers": [
            {"id": f"edge-{site}-{n}", "number": 7 * n, "site": site, "feed": feed_names[n % feeds]}
            for site, n in product(sites, numbers)
        ],
        "circuits": [
            {
                "id": f"wave-{number}",
                "number": number,
                "routers": [f"edge-{a}-{i}", f"edge-{b}-{j}"],
                "path": f"{a}-{b}-{'first' if i == j else 'second'}",
            }
            for number, ((a, b), i, j) in enumerate(ends, start=20)
        ],
        "access_networks": [
            {"id": "quay-west", "number": 9, "router": f"edge-{sites[0]}-1", "path": f"{sites[0]}-{sites[1]}-first"},
            {"id": "quay-east", "number": 2, "router": f"edge-{sites[1]}-2", "path": f"{sites[0]}-{sites[1]}-second"},
        ],
        "sectors": [{"id": "ponant", "name": "Ponant"}],
        "communes": [
            {
                "insee": "29019",
                "name": "Brest",
                "sector": "ponant",
                "population_about": 140_000,
                "lat_about": 48.39,
                "lon_about": -4.49,
                "vcenter": sites[0],
                "access": ["quay-west", "quay-east"],
            }
        ],
        "services": [
            {
                "id": "tides",
                "name": "Tide gauges",
                "owner": "29019",
                "criticality": "vital",
                "assets": [
                    {"id": f"part-{n}", "number": 3 * n, "zone": zone, "sites": list(sites), "replicas": n}
                    for n, zone in enumerate(ZONES, start=1)
                ],
            },
            {
                "id": "archive",
                "name": "Archive",
                "owner": "archivists",
                "criticality": "standard",
                "depends_on": ["tides"],
                "assets": [
                    {"id": "box", "number": 100, "zone": "data", "sites": [sites[-1]]},
                    {"id": "page", "number": 101, "zone": "dmz", "sites": ["cloud"], "placement": "public"},
                ],
            },
        ],
    }
