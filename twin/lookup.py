"""What a stand-in provider may ask about the worlds that run: the only door between the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Endpoint:
    """One API server of a running world."""

    territory: str
    cloud: str
    """Which API it speaks: `vsphere` or `aws`."""
    id: str
    """Its id in `world.yaml`: the datacenter's, for a vCenter; the region's, for a cloud."""
    server: str
    """`127.0.0.1:41001`."""
    world_id: str


class WorldLookup(Protocol):
    """Finds the world behind an address. No endpoint: not the twin's, so a provider must refuse it."""

    def endpoint(self, server: str) -> Endpoint | None:
        """Return the running server that listens on `host:port`."""
        ...
