"""What a map shows of a territory, in the words it is shown in: the one reading that all renderers share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from operations.map.projection import Place
from territory import topology
from territory.model import BorderRouter, Circuit, Commune, Datacenter, Path, Territory

TUNNELS = 2
"""A VPN connection has two, so that the provider can maintain one at a time."""


@dataclass(frozen=True)
class Link:
    """One of a commune's ways out."""

    path: Path
    router: BorderRouter


@dataclass(frozen=True)
class Subject:
    """A territory, looked at from where its map needs it."""

    territory: Territory

    @cached_property
    def _paths(self) -> Mapping[str, Path]:
        return {path.id: path for path in self.territory.paths}

    @cached_property
    def _routers(self) -> Mapping[str, BorderRouter]:
        return {router.id: router for router in self.territory.border_routers}

    @cached_property
    def _sectors(self) -> Mapping[str, str]:
        return {sector.id: sector.name for sector in self.territory.sectors}

    @cached_property
    def carriers(self) -> Mapping[str, str]:
        """Carrier to its name."""
        return {carrier.id: carrier.name for carrier in self.territory.carriers}

    def place_of(self, dc: Datacenter) -> Place:
        """Where a datacenter stands: at its own coordinates, else where its commune's are."""
        if dc.lat_about is not None and dc.lon_about is not None:
            return dc.lat_about, dc.lon_about
        commune = next(commune for commune in self.territory.communes if commune.insee == dc.commune)
        return commune.lat_about, commune.lon_about

    def links(self, commune: Commune) -> tuple[Link, ...]:
        """A commune's ways to the datacenters, in the order declared."""
        return tuple(
            Link(self._paths[network.path], self._routers[network.router])
            for network in topology.access_networks_of_commune(self.territory, commune)
        )

    def sector_of(self, commune: Commune) -> str:
        """The name of the sector a commune belongs to."""
        return self._sectors[commune.sector]

    def communes_on(self, path: Path) -> tuple[Commune, ...]:
        """The communes one of whose links rides a path."""
        return self._riders.get(path.id, ())

    @cached_property
    def _riders(self) -> Mapping[str, tuple[Commune, ...]]:
        riders: dict[str, dict[str, Commune]] = {}
        for commune in self.territory.communes:
            for link in self.links(commune):
                riders.setdefault(link.path.id, {})[commune.insee] = commune
        return {path: tuple(communes.values()) for path, communes in riders.items()}

    def circuits_on(self, path: Path) -> tuple[Circuit, ...]:
        """The circuits between datacenters that ride a path."""
        return tuple(circuit for circuit in self.territory.circuits if circuit.path == path.id)

    def sites_of(self, circuit: Circuit) -> tuple[str, str]:
        """The datacenters at the two ends of a circuit, in the territory's order."""
        order = [dc.id for dc in self.territory.datacenters]
        first, second = sorted((self._routers[router].site for router in circuit.routers), key=order.index)
        return first, second

    def sites_served_by(self, path: Path) -> tuple[str, ...]:
        """The datacenters a path brings communes to, in the territory's order."""
        reached = {
            link.router.site for commune in self.communes_on(path) for link in self.links(commune) if link.path == path
        }
        return tuple(dc.id for dc in self.territory.datacenters if dc.id in reached)

    def ends_of(self, path: Path) -> tuple[str, ...]:
        """The datacenters a path leads into, in the territory's order."""
        joined = {site for circuit in self.circuits_on(path) for site in self.sites_of(circuit)}
        served = {*joined, *self.sites_served_by(path)}
        return tuple(dc.id for dc in self.territory.datacenters if dc.id in served)

    @cached_property
    def pairs(self) -> Mapping[tuple[str, str], tuple[Circuit, ...]]:
        """Two datacenters to the circuits between them."""
        pairs: dict[tuple[str, str], list[Circuit]] = {}
        for circuit in self.territory.circuits:
            pairs.setdefault(self.sites_of(circuit), []).append(circuit)
        return {pair: tuple(circuits) for pair, circuits in pairs.items()}

    def burden(self, path: Path) -> str:
        """What a path carries, for a legend. Example: `2 circuits`, `9 communes`."""
        circuits, communes = len(self.circuits_on(path)), len(self.communes_on(path))
        told = [counted(circuits, "circuit")] * bool(circuits) + [counted(communes, "commune")] * bool(communes)
        return " and ".join(told) or "nothing yet"

    @property
    def title(self) -> str:
        """The picture's heading: the territory's own."""
        return self.territory.title

    @property
    def summary(self) -> str:
        """One sentence: what there is to see."""
        t = self.territory
        return (
            f"{counted(len(t.communes), 'commune')} in {counted(len(t.sectors), 'sector')}; "
            f"{counted(len(t.datacenters), 'datacenter')} joined by {counted(len(t.circuits), 'circuit')}; "
            f"{counted(len(t.cloud_regions), 'cloud region')} behind VPN tunnels"
        )


CAVEAT = (
    "Coordinates are approximate. Fibre is drawn in the order of its stops, not along its streets; a shaded area is "
    "what lies nearest to a commune's centre, not the commune's boundary."
)
"""What nobody should take from the picture."""


def counted(number: int, noun: str) -> str:
    """Example: `1 circuit`, `28 communes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
