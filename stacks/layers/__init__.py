"""The layers of a territory, cut by owner and cadence: one stack each, named `<territory>-<layer>`.

Importing this costs nothing: what a layer deploys is imported when it is deployed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stacks.settings import Settings
    from territory.model import Territory


@dataclass(frozen=True)
class Layer:
    """One kind of stack."""

    name: str
    """The second half of its stacks' names: see `stack_name`."""
    upstream: tuple[str, ...]
    """The layers whose stacks have to be up first; layers that do not name each other may run side by side."""
    deploy: Callable[[Territory, Settings], Mapping[str, Any]]
    """Declares the layer's resources in the running program and returns the stack's outputs."""


def stack_name(territory: str, layer: str) -> str:
    """The stack of a layer of the territory of that name. Example: `bordeaux-datacenters`."""
    return f"{territory}-{layer}"


def _layer(name: str, *upstream: str) -> Layer:
    def deploy(territory: Territory, settings: Settings) -> Mapping[str, Any]:
        return import_module(f"stacks.layers.{name}").deploy(territory, settings).to_dict()

    return Layer(name, upstream, deploy)


LAYERS: Mapping[str, Layer] = {
    layer.name: layer
    for layer in (
        _layer("datacenters"),
        _layer("network", "datacenters"),
        _layer("services", "datacenters"),
    )
}
"""Every layer by name; each after those it builds on."""
