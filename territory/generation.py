"""Territories that nobody lives in: made of a few numbers, or scaled from one that exists; valid, and always the same.

For benches, for tests, and for who wants to see what a size costs. What is made is documents, file name to content,
which `write_territory` puts into a folder that `load_territory` reads like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import combinations, count, islice, product
from pathlib import Path
from typing import Any

import yaml

from territory.loader import TERRITORIES
from territory.model import Criticality, Zone

Documents = dict[str, dict[str, Any]]
"""File name to what the file says. Example: `{"territory.yaml": {"name": "sandbox", …}}`."""

_DEPARTEMENT = "33"
_FEEDS = ("feed-a", "feed-b")
_CARRIERS = ("carrier-1", "carrier-2")
_RINGS = ("ring-1", "ring-2")
_KINDS = ("lamp-post", "pumping-station", "crossing")


@dataclass(frozen=True)
class Shape:
    """The numbers a territory is made of."""

    communes: int = 4
    """1 to 999."""
    datacenters: int = 2
    """2 or 3."""
    routers: int = 2
    """Border routers a datacenter, 2 to 6."""
    cloud_regions: int = 1
    """1 to 15."""
    zones: int = 2
    """Availability zones a cloud region, 2 to 8."""
    sectors: int = 2
    """1 to the number of communes."""
    services: int = 3
    """1 to 50."""
    edge_sites: int = 2
    """Places of the IoT fleet."""
    name: str = "generated"
    """The territory's name."""


def generated(shape: Shape) -> Documents:
    """A territory of that shape. The same shape gives the same territory."""
    sites = [f"site-{n}" for n in range(1, shape.datacenters + 1)]
    regions = [f"cloud-{n}" for n in range(1, shape.cloud_regions + 1)]
    communes = [f"{_DEPARTEMENT}{n:03}" for n in range(1, shape.communes + 1)]
    services = list(_services(shape.services, sites, regions))
    sectors = min(shape.sectors, shape.communes)
    return {
        "territory.yaml": {
            "name": shape.name,
            "title": f"Generated, {shape.communes} communes",
            "address_space": {
                "sites": "10.0.0.0/12",
                "links": "10.32.0.0/13",
                "cloud": "10.48.0.0/12",
                "communes": {_DEPARTEMENT: "10.64.0.0/10"},
            },
        },
        "sites.yaml": {
            "datacenters": [
                _datacenter(site, n, communes[n % len(communes)], shape.routers) for n, site in enumerate(sites)
            ],
            "cloud_regions": [
                {
                    "id": region,
                    "name": region,
                    "number": n,
                    "provider_region": "eu-west-3",
                    "country": "FR",
                    "zones": list("abcdefgh"[: shape.zones]),
                    "image": f"ami-{n:08x}",
                }
                for n, region in enumerate(regions, start=1)
            ],
        },
        "network.yaml": _network(sites, shape.routers),
        "communes.yaml": {
            "sectors": [{"id": _sector(n), "name": f"Sector {n + 1}"} for n in range(sectors)],
            "communes": [
                {"sector": _sector(n % sectors), **_commune(insee, n, sites, shape.routers)}
                for n, insee in enumerate(communes)
            ],
        },
        "services.yaml": {"services": services},
        "edge.yaml": {
            "edge_sites": [
                {
                    "id": f"edge-{n + 1}",
                    "kind": _KINDS[n % len(_KINDS)],
                    "commune": communes[n % len(communes)],
                    "services": [service["id"] for service in services[: 1 + n % len(services)]],
                }
                for n in range(shape.edge_sites)
            ]
        },
    }


def scaled(documents: Documents, communes: int) -> Documents:
    """The same territory with another number of communes; datacenters, links and services stay what they are.

    Fewer: those that something stands in or that own a service are kept, then the first ones; never less than these.
    More: copies, each with a code of its own in the same département and with the edge sites of what it is a copy of,
    in copies of their sectors, so that a sector stays as large as it was.
    Raises `ValueError` when a département has no codes left.
    """
    result = deepcopy(documents)
    found: list[dict[str, Any]] = result["communes.yaml"]["communes"]
    sectors: list[dict[str, Any]] = result["communes.yaml"]["sectors"]
    edge: list[dict[str, Any]] = result["edge.yaml"]["edge_sites"]
    if communes <= len(found):
        needed = _needed(documents)
        chosen = {
            *needed,
            *islice((c["insee"] for c in found if c["insee"] not in needed), max(0, communes - len(needed))),
        }
        result["communes.yaml"]["communes"] = [commune for commune in found if commune["insee"] in chosen]
        result["edge.yaml"]["edge_sites"] = [site for site in edge if site["commune"] in chosen]
        used = {commune["sector"] for commune in result["communes.yaml"]["communes"]}
        result["communes.yaml"]["sectors"] = [sector for sector in sectors if sector["id"] in used]
        return result
    originals = list(found)
    taken = {commune["insee"] for commune in originals}
    known = {sector["id"] for sector in sectors}
    for n in range(len(originals), communes):
        copy, original = n // len(originals) + 1, originals[n % len(originals)]
        insee = _free_code(original["insee"][:2], taken)
        taken.add(insee)
        found.append(_copied(original, insee, copy))
        if found[-1]["sector"] not in known:
            sector = next(sector for sector in sectors if sector["id"] == original["sector"])
            sectors.append({**sector, "id": found[-1]["sector"], "name": f"{sector['name']} {copy}"})
            known.add(found[-1]["sector"])
        edge += [
            {**site, "id": f"{site['id']}-{copy}", "commune": insee}
            for site in documents["edge.yaml"]["edge_sites"]
            if site["commune"] == original["insee"]
        ]
    return result


def read_documents(name_or_folder: str | Path) -> Documents:
    """What the files of a territory say, unjudged, by what they are called in the shipped ones."""
    folder = TERRITORIES / name_or_folder
    return {file.name: yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.yaml"))}


def write_territory(documents: Documents, folder: Path) -> Path:
    """Write the documents into a folder, made if needed, for `load_territory` and `./metro --territory FOLDER`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        text = yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class _Plain(yaml.SafeDumper):
    """Writes a value out each time: territories have no anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is the dumper's
        return True


def _datacenter(site: str, index: int, commune: str, routers: int) -> dict[str, Any]:
    hosts = range(max(4, routers))
    return {
        "id": site,
        "name": f"Datacenter {index + 1}",
        "number": index + 1,
        "commune": commune,
        "feeds": list(_FEEDS),
        "datastore": f"{site}-san",
        "template": "debian-12",
        "vpn_address": f"192.0.2.{10 * (index + 1)}",
        "hosts": [
            {"name": f"{site}-esxi-{n + 1}", "feed": _FEEDS[n % 2], "cpu_cores": 32, "memory_gib": 512} for n in hosts
        ],
    }


def _network(sites: list[str], routers: int) -> dict[str, Any]:
    numbers = count(1)
    return {
        "carriers": [{"id": carrier, "name": carrier} for carrier in _CARRIERS],
        "paths": [
            *(
                {"id": _trunk(one, other, side), "name": f"{one} to {other}, route {side + 1}", "carrier": carrier}
                for one, other in combinations(sites, 2)
                for side, carrier in enumerate(_CARRIERS)
            ),
            *({"id": ring, "name": ring, "carrier": carrier} for ring, carrier in zip(_RINGS, _CARRIERS, strict=True)),
        ],
        "border_routers": [
            {"id": _router(site, n), "number": n + 1, "site": site, "feed": _FEEDS[n % 2]}
            for site in sites
            for n in range(routers)
        ],
        "circuits": [
            {
                "id": f"{one}-{a + 1}-{other}-{b + 1}",
                "number": next(numbers),
                "routers": [_router(one, a), _router(other, b)],
                "path": _trunk(one, other, side),
            }
            for one, other in combinations(sites, 2)
            for a, b, side in _crossing(routers)
        ],
        "access_networks": [
            {"id": _access(ring, site, n), "number": number, "router": _router(site, n), "path": ring}
            for number, (site, n, ring) in enumerate(product(sites, range(routers), _RINGS), start=1)
        ],
    }


def _crossing(routers: int) -> Iterator[tuple[int, int, int]]:
    """Straight circuits on one path; on the other one crossed, each to a router of the other feed."""
    for n in range(routers):
        yield n, n, 0
    for n in range(0, routers - 1, 2):
        yield n, n + 1, 1
        yield n + 1, n, 1
    if routers % 2:
        yield routers - 1, routers - 2, 1
        yield routers - 2, routers - 1, 1


def _commune(insee: str, index: int, sites: list[str], routers: int) -> dict[str, Any]:
    one, other = sites[index % len(sites)], sites[(index + 1) % len(sites)]
    router = index // len(sites) % routers
    return {
        "insee": insee,
        "name": f"Commune {index + 1}",
        "population_about": 1000 + 137 * index,
        # A spiral: no two at one place, however many there are.
        "lat_about": round(44.8 + 0.002 * index * (1 - 2 * (index % 2)), 3),
        "lon_about": round(-0.6 + 0.003 * index * (1 - 2 * (index // 2 % 2)), 3),
        "vcenter": one,
        "access": [_access(_RINGS[0], one, router), _access(_RINGS[1], other, router)],
    }


def _services(number: int, sites: list[str], regions: list[str]) -> Iterator[dict[str, Any]]:
    assets = count(1)
    for n in range(number):
        criticality = tuple(Criticality)[n % len(Criticality)]
        vital = criticality is Criticality.VITAL
        zones = islice((zone.value for zone in (*Zone, *Zone) if zone is not Zone.ADMIN), n % 4, n % 4 + 2)
        private = [
            {
                "id": f"part-{i}",
                "number": next(assets),
                "zone": zone,
                "sites": sites if vital else [sites[(n + i) % len(sites)]],
                "replicas": 1 + (n + i) % 2,
                "cpus": 1,
                "memory_mib": 1024,
            }
            for i, zone in enumerate(zones, start=1)
        ]
        public = {
            "id": "front",
            "number": next(assets),
            "zone": Zone.DMZ.value,
            "sites": [regions[n % len(regions)]],
            "placement": "public",
        }
        yield {
            "id": f"service-{n + 1}",
            "name": f"Service {n + 1}",
            "owner": "platform-team",
            "criticality": criticality.value,
            "depends_on": ["service-1"] if n else [],
            "assets": private if vital else [*private, public],
        }


def _trunk(one: str, other: str, side: int) -> str:
    return f"{one}-{other}-{side + 1}"


def _sector(index: int) -> str:
    return f"sector-{index + 1}"


def _router(site: str, index: int) -> str:
    return f"{site}-router-{index + 1}"


def _access(ring: str, site: str, router: int) -> str:
    return f"{ring}-{_router(site, router)}"


def _needed(documents: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The communes that a datacenter stands in, that own a service, or whose services are nobody else's."""
    communes = {commune["insee"] for commune in documents["communes.yaml"]["communes"]}
    places = {dc["commune"] for dc in documents["sites.yaml"]["datacenters"]}
    owners = {service["owner"] for service in documents["services.yaml"]["services"]}
    return places | (owners & communes)


def _free_code(departement: str, taken: set[str]) -> str:
    for number in range(1, 1000):
        if (code := f"{departement}{number:03}") not in taken:
            return code
    raise ValueError(f"département {departement} has no commune numbers left")


def _copied(original: Mapping[str, Any], insee: str, copy: int) -> dict[str, Any]:
    return {
        **deepcopy(dict(original)),
        "insee": insee,
        "name": f"{original['name']} {copy}",
        "sector": f"{original['sector']}-{copy}",
        "lat_about": round(original["lat_about"] + 0.01 * copy, 3),
        "lon_about": round(original["lon_about"] + 0.013 * copy, 3),
    }
