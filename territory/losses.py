"""What can be lost at once, and who is still joined to whom then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from territory.model import Commune, Territory
from territory.topology import routers_of_site


class Kind(StrEnum):
    """What one misfortune takes away, from the most to the least likely to be forgotten."""

    PATH = "path"
    CARRIER = "carrier"
    ROUTER = "border router"
    FEED = "feed"
    CIRCUIT = "circuit"
    DATACENTER = "datacenter"


@dataclass(frozen=True)
class Loss:
    """One misfortune and everything it takes away."""

    kind: Kind
    id: str
    routers: frozenset[str] = frozenset()
    circuits: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.id if self.kind is Kind.FEED else f"{self.kind.value} {self.id}"


NOTHING = Loss(Kind.PATH, "none")


def single_losses(t: Territory) -> Iterator[Loss]:
    """Any one path, carrier, router, feed or circuit."""
    for path in t.paths:
        yield Loss(Kind.PATH, path.id, paths=frozenset({path.id}))
    for carrier in t.carriers:
        owned = frozenset(path.id for path in t.paths if path.carrier == carrier.id)
        yield Loss(Kind.CARRIER, carrier.id, paths=owned)
    for router in t.border_routers:
        yield Loss(Kind.ROUTER, router.id, routers=frozenset({router.id}))
    for dc in t.datacenters:
        for feed in dc.feeds:
            fed = frozenset(router.id for router in routers_of_site(t, dc) if router.feed == feed)
            yield Loss(Kind.FEED, f"{feed} of {dc.id}", routers=fed)
    for circuit in t.circuits:
        yield Loss(Kind.CIRCUIT, circuit.id, circuits=frozenset({circuit.id}))


def datacenter_losses(t: Territory) -> Iterator[Loss]:
    """A whole datacenter with its routers."""
    for dc in t.datacenters:
        inside = frozenset(router.id for router in routers_of_site(t, dc))
        yield Loss(Kind.DATACENTER, dc.id, routers=inside, sites=frozenset({dc.id}))


@dataclass(frozen=True)
class Reachability:
    """Who is joined to whom once something is lost. A point of presence is an end, never a way through."""

    loss: Loss
    _component: dict[str, int]
    """Of each surviving router and datacenter: the part of the network it is in."""
    _access: dict[str, str]
    """Access network to its router, of those whose path survives."""

    def joined(self, one: str, other: str) -> bool:
        """Whether two datacenters, given by their ids, still reach one another; a lost one reaches nobody."""
        component = self._component.get(one)
        return component is not None and component == self._component.get(other)

    def reaches(self, commune: Commune, datacenter: str) -> bool:
        """Whether one of the commune's surviving access networks leads to the datacenter."""
        routers = (self._access.get(network) for network in commune.access)
        return any(router is not None and self.joined(_router(router), datacenter) for router in routers)


def survivors(t: Territory, loss: Loss = NOTHING) -> Reachability:
    """Who is joined after a loss. The routers of a datacenter are joined by its fabric, unless the site is lost."""
    access = {network.id: network.router for network in t.access_networks if network.path not in loss.paths}
    return Reachability(loss, dict(_components(_links(t, loss))), access)


def _router(id_: str) -> str:
    return f"router {id_}"  # a blank is in no identifier, so no router is taken for a datacenter


def _links(t: Territory, loss: Loss) -> Iterator[tuple[str, str]]:
    alive = {router.id for router in t.border_routers} - loss.routers
    for router in t.border_routers:
        if router.id in alive and router.site not in loss.sites:
            yield _router(router.id), router.site
    for circuit in t.circuits:
        if alive.issuperset(circuit.routers) and circuit.id not in loss.circuits and circuit.path not in loss.paths:
            yield _router(circuit.routers[0]), _router(circuit.routers[1])


def _components(links: Iterable[tuple[str, str]]) -> Iterator[tuple[str, int]]:
    neighbours: dict[str, set[str]] = {}
    for one, other in links:
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    seen: set[str] = set()
    for number, start in enumerate(neighbours):
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                yield node, number
                waiting.extend(neighbours[node])
