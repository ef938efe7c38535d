"""What every stack's program does: read the configuration, load the territory, deploy the layer, export its outputs."""

from __future__ import annotations

from collections.abc import Callable

import pulumi

from stacks.guard import stop_unless_the_gate_is_open
from stacks.layers import LAYERS
from stacks.settings import read_settings
from territory.errors import TerritoryError
from territory.loader import load_territory


def run(gate: Callable[[], None] = stop_unless_the_gate_is_open) -> None:
    """Deploy the current stack, once the gate lets it. What is wrong ends as a message, not as a traceback."""
    settings = read_settings(LAYERS)
    try:
        territory = load_territory(settings.territory)
        settings.check(territory, LAYERS)
        gate()
        for name, value in LAYERS[settings.layer].deploy(territory, settings).items():
            pulumi.export(name, value)
    except TerritoryError as error:
        raise pulumi.RunError(str(error)) from None
