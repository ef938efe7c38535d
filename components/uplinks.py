"""Which uplinks a datacenter's distributed switches have and which network card of each host serves which uplink.

Every host is cabled alike: `vmnic0` and `vmnic1` to the two local networks, one further card for each path.
"""

from __future__ import annotations

from collections.abc import Mapping

from territory.model import Datacenter, Territory
from territory.topology import paths_of_site

MTU = 9000
"""Octets, on every switch and fibre: room for tunnels inside."""

FABRIC_UPLINKS: Mapping[str, str] = {"uplink1": "vmnic0", "uplink2": "vmnic1"}
"""Uplink of the fabric switch to the host's card."""


def interconnect_uplinks(territory: Territory, dc: Datacenter) -> Mapping[str, str]:
    """Uplink of the interconnect switch, named by its path, to the host's card: `{"garonne-north": "vmnic2", …}`."""
    return {path.id: f"vmnic{number}" for number, path in enumerate(paths_of_site(territory, dc), start=2)}
