"""Whatever names something else names something that exists."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from territory.errors import Violation, nearest, one_of
from territory.model import INSEE_PATTERN, Placement, Service, Territory
from territory.yaml_source import Pointer


def check(t: Territory) -> Iterator[Violation]:
    """Every reference of the territory, in the order of its files."""
    yield from _sites(t)
    yield from _network(t)
    yield from _communes(t)
    yield from _services(t)
    yield from _edge(t)


def _sites(t: Territory) -> Iterator[Violation]:
    communes = _names(t)
    for i, dc in enumerate(t.datacenters):
        yield from _commune(communes, ("datacenters", i, "commune"), f"datacenter {dc.id} stands in", dc.commune)
        for j, host in enumerate(dc.hosts):
            where = ("datacenters", i, "hosts", j, "feed")
            yield from _absent(where, f"host {host.name} hangs on", f"feed of {dc.id}", host.feed, dc.feeds)


def _network(t: Territory) -> Iterator[Violation]:
    feeds = {dc.id: dc.feeds for dc in t.datacenters}
    carriers = [carrier.id for carrier in t.carriers]
    paths = [path.id for path in t.paths]
    routers = [router.id for router in t.border_routers]
    for i, path in enumerate(t.paths):
        yield from _absent(("paths", i, "carrier"), f"path {path.id} belongs to", "carrier", path.carrier, carriers)
    for i, router in enumerate(t.border_routers):
        about = f"border router {router.id}"
        yield from _absent(("border_routers", i, "site"), f"{about} stands in", "datacenter", router.site, feeds)
        if router.site in feeds:
            where, kind = ("border_routers", i, "feed"), f"feed of {router.site}"
            yield from _absent(where, f"{about} hangs on", kind, router.feed, feeds[router.site])
    for i, circuit in enumerate(t.circuits):
        about = f"circuit {circuit.id}"
        for end, router_id in enumerate(circuit.routers):
            where = ("circuits", i, "routers", end)
            yield from _absent(where, f"{about} ends at", "border router", router_id, routers)
        yield from _absent(("circuits", i, "path"), f"{about} rides", "path", circuit.path, paths)
    for i, network in enumerate(t.access_networks):
        about, where = f"access network {network.id}", ("access_networks", i)
        yield from _absent((*where, "router"), f"{about} leads to", "border router", network.router, routers)
        yield from _absent((*where, "path"), f"{about} rides", "path", network.path, paths)


def _communes(t: Territory) -> Iterator[Violation]:
    datacenters = [dc.id for dc in t.datacenters]
    networks = [network.id for network in t.access_networks]
    sectors = [sector.id for sector in t.sectors]
    for i, commune in enumerate(t.communes):
        about = f"commune {commune.insee} {commune.name}"
        yield from _absent(("communes", i, "sector"), f"{about} is looked after by", "sector", commune.sector, sectors)
        where = ("communes", i, "vcenter")
        yield from _absent(where, f"{about} is managed by", "datacenter", commune.vcenter, datacenters)
        for j, network in enumerate(commune.access):
            yield from _absent(("communes", i, "access", j), f"{about} is on", "access network", network, networks)


def _services(t: Territory) -> Iterator[Violation]:
    communes = _names(t)
    known = [service.id for service in t.services]
    for i, service in enumerate(t.services):
        about = f"service {service.id}"
        if re.fullmatch(INSEE_PATTERN, service.owner):
            yield from _commune(communes, ("services", i, "owner"), f"{about} is owned by", service.owner)
        for j, dependency in enumerate(service.depends_on):
            yield from _absent(("services", i, "depends_on", j), f"{about} depends on", "service", dependency, known)
        yield from _asset_sites(t, i, service)


def _asset_sites(t: Territory, i: int, service: Service) -> Iterator[Violation]:
    homes: Mapping[Placement, tuple[str, list[str]]] = {
        Placement.PRIVATE: ("datacenter", [dc.id for dc in t.datacenters]),
        Placement.PUBLIC: ("cloud region", [region.id for region in t.cloud_regions]),
    }
    for j, asset in enumerate(service.assets):
        kind, sites = homes[asset.placement]
        other = Placement.PUBLIC if asset.placement is Placement.PRIVATE else Placement.PRIVATE
        other_kind, other_sites = homes[other]
        about = f"{asset.placement.value} asset {asset.id} of service {service.id} runs in"
        for k, site in enumerate(asset.sites):
            where = ("services", i, "assets", j, "sites", k)
            if site in other_sites:
                yield Violation(
                    where,
                    f"{about} {site}, which is a {other_kind}",
                    found=site,
                    expected=f"a {kind}: {one_of(sites)}",
                    remedy=f"Write placement: {other.value}, or name a {kind}.",
                )
            else:
                yield from _absent(where, about, kind, site, sites)


def _edge(t: Territory) -> Iterator[Violation]:
    communes = _names(t)
    known = [service.id for service in t.services]
    for i, site in enumerate(t.edge_sites):
        about = f"edge site {site.id}"
        yield from _commune(communes, ("edge_sites", i, "commune"), f"{about} stands in", site.commune)
        for j, service_id in enumerate(site.services):
            yield from _absent(("edge_sites", i, "services", j), f"{about} feeds", "service", service_id, known)


def _absent(pointer: Pointer, about: str, kind: str, name: str, known: Collection[str]) -> Iterator[Violation]:
    if name in known:
        return
    near = nearest(name, known)
    article = "an" if kind.startswith(tuple("aeiou")) else "a"
    yield Violation(
        pointer,
        f"{about} {name}, and there is no such {kind}",
        found=name,
        expected=one_of(known),
        nearest=near,
        remedy=f"{f'Write {near}' if near else f'Name an existing {kind}'}, or add {name} as {article} {kind}.",
    )


def _names(t: Territory) -> Mapping[str, str]:
    return {commune.insee: commune.name for commune in t.communes}


def _commune(known: Mapping[str, str], pointer: Pointer, about: str, insee: str) -> Iterator[Violation]:
    if insee in known:
        return
    near = nearest(insee, known)
    yield Violation(
        pointer,
        f"{about} commune {insee}, which is not one of the territory's {len(known)} communes",
        found=insee,
        expected=one_of((f"{code} ({name})" for code, name in known.items()), limit=5),
        nearest=f"{near} ({known[near]})" if near else None,
        remedy=f'Write "{near}", or add commune {insee}.' if near else f"Name one of them, or add commune {insee}.",
    )
