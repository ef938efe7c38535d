"""The layers of a territory, cut by owner and cadence, and the stacks they come as.

A layer is one stack, `<territory>-<layer>`, or one for each of its parts, `<territory>-<layer>-<part>`.
Importing this costs nothing: what a layer deploys is imported when it is deployed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stacks.settings import Settings
    from territory.model import Commune, Territory

Parts = Callable[["Territory"], tuple[str, ...]]
Targets = Callable[["Territory", "Commune"], tuple[str, ...]]


@dataclass(frozen=True)
class Layer:
    """One kind of stack."""

    name: str
    """A single word, the middle of its stacks' names: see `stack_name`."""
    upstream: tuple[str, ...]
    """The layers whose stacks have to be up first; layers that do not name each other may run side by side."""
    deploy: Callable[[Territory, Settings], Mapping[str, Any]]
    """Declares the stack's resources in the running program and returns its outputs."""
    parts: Parts | None = None
    """The parts a territory's layer is cut into, one stack each, in a stable order; None for a layer of one stack."""
    same_part: frozenset[str] = frozenset()
    """Those of `upstream` of which a stack needs its own part only; of the others it needs every part."""
    vcenters: bool = True
    """Whether its resources are in the datacenters."""
    clouds: bool = False
    """Whether its resources are in cloud regions."""
    targets: Targets | None = None
    """Patterns of the URNs of all that one of its stacks holds for a commune, parents and providers included.

    `*` matches within a name, `**` across; None for a layer that holds nothing of a single commune.
    """
    hosts: bool = False
    """Whether its resources are inside hosts, which only answer where guests really run."""
    account_wide: bool = False
    """True when its resources exist once in a cloud account, so that no ephemeral territory may hold them."""


@dataclass(frozen=True)
class LayerStack:
    """One stack of one territory. Example: `LayerStack("bordeaux", "communes", "graves", ("bordeaux-network",))`."""

    territory: str
    """The territory's name."""
    layer: str
    part: str | None = None
    """None for a layer of one stack."""
    upstream: tuple[str, ...] = field(default=())
    """The names of the stacks that have to be up first."""

    @property
    def name(self) -> str:
        """See `stack_name`."""
        return stack_name(self.territory, self.layer, self.part)

    @property
    def choice(self) -> str:
        """What chooses it on a command line: `network`, `communes-graves`."""
        return self.layer if self.part is None else f"{self.layer}-{self.part}"


def stack_name(territory: str, layer: str, part: str | None = None) -> str:
    """The stack of a layer, or of a part of it. Example: `bordeaux-datacenters`, `bordeaux-communes-graves`."""
    return "-".join(word for word in (territory, layer, part) if word is not None)


def stacks_of(territory: Territory) -> tuple[LayerStack, ...]:
    """Every stack of a territory, each after those it builds on."""
    return joined(
        territory.name,
        (
            (layer.name, part)
            for layer in LAYERS.values()
            for part in (layer.parts(territory) if layer.parts else (None,))
        ),
    )


def joined(territory: str, present: Iterable[tuple[str, str | None]]) -> tuple[LayerStack, ...]:
    """The stacks of these (layer, part), in the order of `LAYERS`, each with those among them it builds on."""
    parts: dict[str, list[str | None]] = {name: [] for name in LAYERS}
    for layer, part in present:
        parts[layer].append(part)
    return tuple(
        LayerStack(territory, layer.name, part, tuple(_upstream(territory, layer, part, parts)))
        for layer in LAYERS.values()
        for part in parts[layer.name]
    )


def _upstream(territory: str, layer: Layer, part: str | None, parts: Mapping[str, list[str | None]]) -> Iterable[str]:
    for other in layer.upstream:
        for its_part in parts[other]:
            if other not in layer.same_part or its_part == part:
                yield stack_name(territory, other, its_part)


def by_sector(territory: Territory) -> tuple[str, ...]:
    """The parts of a layer that the territory's sectors look after: one stack each."""
    return tuple(sector.id for sector in territory.sectors)


def commune_targets(territory: Territory, commune: Commune, stack: LayerStack) -> tuple[str, ...]:
    """The patterns of what a stack holds for a commune; none when it holds nothing of it."""
    targets = LAYERS[stack.layer].targets
    if targets is None or stack.part not in (None, commune.sector):
        return ()
    return targets(territory, commune)


def _tags_of_commune(territory: Territory, commune: Commune) -> tuple[str, ...]:
    return tuple(f"**::{dc.id}-tags-commune-{commune.insee}" for dc in territory.datacenters)


def _point_of_presence(_territory: Territory, commune: Commune) -> tuple[str, ...]:
    return (
        f"**::{commune.slug}",
        f"**::{commune.slug}-*",
        "**::metropole:index:TerritoryNetwork::territory-network",
        f"**::pulumi:providers:vsphere::vcenter-{commune.vcenter}",
    )


def _gateways(territory: Territory, commune: Commune) -> tuple[str, ...]:
    return (
        f"**::edge-{commune.slug}",
        f"**::edge-{commune.slug}-*",
        "**::metropole:index:EdgeFleet::edge",
        "**::aws:iot/thingGroup:ThingGroup::edge-group",
        f"**::pulumi:providers:aws::cloud-{territory.cloud_regions[0].id}",
    )


def _inside_router(_territory: Territory, commune: Commune) -> tuple[str, ...]:
    return (
        f"**::hosts-{commune.slug}-router",
        "**::metropole:index:Hosts::hosts",
        "**::pulumi:providers:metropole::automation",
    )


def _layer(name: str, *upstream: str, **facts: Any) -> Layer:
    def deploy(territory: Territory, settings: Settings) -> Mapping[str, Any]:
        return import_module(f"stacks.layers.{name}").deploy(territory, settings).to_dict()

    return Layer(name, upstream, deploy, **facts)


LAYERS: Mapping[str, Layer] = {
    layer.name: layer
    for layer in (
        _layer("datacenters", targets=_tags_of_commune),
        _layer("network", "datacenters"),
        _layer("services", "datacenters"),
        # Nothing of the network is read: points of presence come up beside the border routers.
        _layer("communes", "datacenters", parts=by_sector, targets=_point_of_presence),
        _layer("cloud", vcenters=False, clouds=True),
        _layer("account", vcenters=False, clouds=True, account_wide=True),
        _layer("events", "cloud", vcenters=False, clouds=True),
        _layer("edge", "events", parts=by_sector, targets=_gateways, vcenters=False, clouds=True),
        _layer(
            "hosts",
            *("datacenters", "network", "services", "communes", "cloud"),
            targets=_inside_router,
            vcenters=False,
            hosts=True,
        ),
    )
}
"""Every layer by name; each after those it builds on."""
