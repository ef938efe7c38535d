"""The VLAN plan: one number a security zone in each datacenter, one number a circuit or access network across all."""

from __future__ import annotations

from territory.model import AccessNetwork, Circuit, Zone

_FIRST_ZONE = 100
_ZONE_STEP = 10
_CIRCUIT_BASE = 1000
_ACCESS_BASE = 2000


def zone_vlan(zone: Zone) -> int:
    """The VLAN of a zone, the same in every datacenter and commune: 100 for admin, 110 for services …"""
    return _FIRST_ZONE + _ZONE_STEP * tuple(Zone).index(zone)


def circuit_vlan(circuit: Circuit) -> int:
    """The VLAN of a circuit, the same at both of its ends: 1000 + its number."""
    return _CIRCUIT_BASE + circuit.number


def access_vlan(network: AccessNetwork) -> int:
    """The VLAN of an access network, the same at its router and in every commune on it: 2000 + its number."""
    return _ACCESS_BASE + network.number
