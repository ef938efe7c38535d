"""The VLAN plan: one number a security zone in each datacenter, one number a circuit across both."""

from __future__ import annotations

from territory.model import Circuit, Zone

_FIRST_ZONE = 100
_ZONE_STEP = 10
_CIRCUIT_BASE = 1000


def zone_vlan(zone: Zone) -> int:
    """The VLAN of a zone, the same in every datacenter: 100 for admin, 110 for services …"""
    return _FIRST_ZONE + _ZONE_STEP * tuple(Zone).index(zone)


def circuit_vlan(circuit: Circuit) -> int:
    """The VLAN of a circuit, the same at both of its ends: 1000 + its number."""
    return _CIRCUIT_BASE + circuit.number
