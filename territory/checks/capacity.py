"""The hosts of a datacenter carry what is declared for it, also on the day a power feed fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from territory.errors import Violation
from territory.model import COMMUNE_ZONES, Datacenter, Placement, Territory

MOST_CARDS = 10
"""Of a virtual machine, in every version of vSphere."""


def check(t: Territory) -> Iterator[Violation]:
    """Hosts on every feed that is relied on, one for each router and replica that must not share one.

    And memory for all private assets when any one feed has failed.
    """
    for i, dc in enumerate(t.datacenters):
        used = {host.feed for host in dc.hosts}
        if len(used) < 2:
            yield Violation(
                ("datacenters", i, "hosts"),
                f"all hosts of datacenter {dc.id} hang on {next(iter(used))}: its failure stops the datacenter",
                found=next(iter(used)),
                expected="hosts on at least two feeds",
                remedy=f"Move hosts to {next(feed for feed in dc.feeds if feed not in used)}.",
            )
        else:
            yield from _memory(t, i, dc)
    fed = {(dc.id, host.feed) for dc in t.datacenters for host in dc.hosts}
    for i, router in enumerate(t.border_routers):
        if (router.site, router.feed) not in fed:
            feeds = sorted(feed for site, feed in fed if site == router.site)
            yield Violation(
                ("border_routers", i, "feed"),
                f"border router {router.id} may only run on {router.feed} of {router.site}, where no host is",
                found=router.feed,
                expected=f"a feed with a host: {', '.join(feeds)}",
                remedy=f"Write feed: {feeds[0]}, or put a host on {router.feed}.",
            )
    yield from _routers(t)
    yield from _cards(t)
    yield from _replicas(t)


def _memory(t: Territory, i: int, dc: Datacenter) -> Iterator[Violation]:
    needed = sum(
        asset.memory_mib * asset.replicas
        for service in t.services
        for asset in service.assets
        if asset.placement is Placement.PRIVATE and dc.id in asset.sites
    )
    left = {feed: sum(host.memory_gib for host in dc.hosts if host.feed != feed) for feed in dc.feeds}
    worst = min(left, key=lambda feed: left[feed])
    if needed > left[worst] * 1024:
        yield Violation(
            ("datacenters", i, "hosts"),
            f"datacenter {dc.id} cannot restart everything when {worst} fails",
            found=f"assets that ask for {-(-needed // 1024)} GiB of memory, hosts that keep {left[worst]} GiB",
            expected=f"at least {-(-needed // 1024)} GiB on the hosts of the other feeds",
            remedy="Add hosts or memory there, or give assets less.",
        )


def _routers(t: Territory) -> Iterator[Violation]:
    hosts = Counter((dc.id, host.feed) for dc in t.datacenters for host in dc.hosts)
    standing: Counter[tuple[str, str]] = Counter()
    for i, router in enumerate(t.border_routers):
        place = router.site, router.feed
        standing[place] += 1
        if 0 < hosts[place] == standing[place] - 1:  # told once a feed; one without a host was told above
            yield Violation(
                ("border_routers", i, "feed"),
                f"border router {router.id} finds no host of its own on {router.feed} of {router.site}: "
                "routers of one datacenter never share a host",
                found=f"{standing[place]} routers, {hosts[place]} host{'s' if hosts[place] > 1 else ''}",
                expected="at least one host for each router of the feed",
                remedy=f"Add a host on {router.feed}, or hang the router on another feed.",
            )


def _cards(t: Territory) -> Iterator[Violation]:
    links = Counter(router for circuit in t.circuits for router in circuit.routers)
    links.update(network.router for network in t.access_networks)
    for i, router in enumerate(t.border_routers):
        if links[router.id] >= MOST_CARDS:
            yield Violation(
                ("border_routers", i),
                f"border router {router.id} needs a network card for each of {links[router.id]} circuits and access "
                f"networks and one for its management: a virtual machine has {MOST_CARDS}",
                found=f"{links[router.id] + 1} cards",
                expected=f"at most {MOST_CARDS}",
                remedy="Move circuits or access networks to another border router of the datacenter.",
            )
    for i, commune in enumerate(t.communes):
        cards = len(commune.access) + len(COMMUNE_ZONES)
        if cards > MOST_CARDS:
            yield Violation(
                ("communes", i, "access"),
                f"the router of commune {commune.insee} {commune.name} needs {cards} network cards: a virtual machine "
                f"has {MOST_CARDS}",
                found=f"{len(commune.access)} access networks",
                expected=f"at most {MOST_CARDS - len(COMMUNE_ZONES)}",
                remedy="Take it off some of them.",
            )


def _replicas(t: Territory) -> Iterator[Violation]:
    hosts = {dc.id: len(dc.hosts) for dc in t.datacenters}
    for i, service in enumerate(t.services):
        for j, asset in enumerate(service.assets):
            if asset.placement is not Placement.PRIVATE:
                continue
            tight = min(asset.sites, key=lambda site: hosts[site])
            if asset.replicas > hosts[tight]:
                yield Violation(
                    ("services", i, "assets", j, "replicas"),
                    f"asset {asset.id} of service {service.id} wants {asset.replicas} replicas on different hosts, "
                    f"and {tight} has {hosts[tight]} hosts",
                    found=str(asset.replicas),
                    expected=f"at most {hosts[tight]}",
                    remedy=f"Write replicas: {hosts[tight]}, or add hosts to {tight}.",
                )
