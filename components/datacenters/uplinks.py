"""Which uplinks distributed switches have and which network card of each host serves which uplink.

Every host of a datacenter is cabled alike: `vmnic0` and `vmnic1` to the two local networks, one further card for each
path. The hypervisor of a point of presence has `vmnic0` on the commune's local network, and one further card for each
path.
"""

from __future__ import annotations

from collections.abc import Mapping

from territory.model import Commune, Datacenter, Territory
from territory.topology import paths_of_commune, paths_of_site

MTU = 9000
"""Octets, on every switch and fibre: room for tunnels inside."""

FABRIC_UPLINKS: Mapping[str, str] = {"uplink1": "vmnic0", "uplink2": "vmnic1"}
"""Uplink of the fabric switch to the host's card."""

LOCAL_UPLINK = "local"
"""The uplink of a point of presence's switch that leads into the commune."""


def interconnect_uplinks(territory: Territory, dc: Datacenter) -> Mapping[str, str]:
    """Uplink of the interconnect switch, named by its path, to the host's card: `{"garonne-north": "vmnic2", …}`."""
    return {path.id: f"vmnic{number}" for number, path in enumerate(paths_of_site(territory, dc), start=2)}


def point_of_presence_uplinks(territory: Territory, commune: Commune) -> Mapping[str, str]:
    """Uplink of a point of presence's switch to the card, paths in the commune's order: `{"local": "vmnic0", …}`."""
    uplinks = (LOCAL_UPLINK, *paths_of_commune(territory, commune))
    return {uplink: f"vmnic{number}" for number, uplink in enumerate(uplinks)}
