"""Hardware addresses, computed: a circuit joins cards of two vCenters, whose own generators know nothing of each other.

Unique in a territory: two territories never share a layer-2 segment.
All are in the block VMware reserves for addresses set by hand, `00:50:56:00:00:00` to `00:50:56:3f:ff:ff`: 22 bits.

    00 ssss hhhhhhhhhhhhhhhh    card in a zone: site number, low 16 bits of its IPv4 address
    01 00000000000 nnnnnnnn e   card on a circuit: circuit number, end 0 or 1
    10 nnnnnnnn hhhhhhhhhhhh    card on an access network: its number, host number of the address
    11 zzz 00000 iiiiiiiiiiii   card of a commune's router in a zone: position of the zone, index of the commune
"""

from __future__ import annotations

from ipaddress import IPv4Address

from territory.model import AccessNetwork, Circuit, Datacenter, Zone

_BLOCK = 0x005056000000
_CIRCUIT = 1 << 20
_ACCESS = 2 << 20
_COMMUNE = 3 << 20


def zone_mac(dc: Datacenter, address: IPv4Address) -> str:
    """The card of an address in one of a datacenter's zones. Example: `00:50:56:01:00:02` for 10.1.0.2 of site 1."""
    return _format(dc.number << 16 | int(address) & 0xFFFF)


def circuit_mac(circuit: Circuit, router_id: str) -> str:
    """The card of one end of a circuit. Raises `ValueError` when the router is no end of it."""
    return _format(_CIRCUIT | circuit.number << 1 | circuit.routers.index(router_id))


def access_mac(network: AccessNetwork, address: IPv4Address) -> str:
    """The card of an address on an access network. Example: `00:50:56:20:10:01` for the router of number 1."""
    return _format(_ACCESS | network.number << 12 | int(address) & 0xFFF)


def commune_zone_mac(zone: Zone, commune_index: int) -> str:
    """The card of a commune's router in one of its zones. Example: `00:50:56:30:04:3f` for the admin zone of 33063."""
    return _format(_COMMUNE | tuple(Zone).index(zone) << 17 | commune_index)


def _format(low_bits: int) -> str:
    return (_BLOCK | low_bits).to_bytes(6).hex(":")
