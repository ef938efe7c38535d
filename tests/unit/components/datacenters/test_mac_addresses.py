from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.datacenters.mac_addresses import access_mac, circuit_mac, commune_zone_mac, zone_mac
from territory.model import AccessNetwork, Circuit, Datacenter, Zone
from tests.unit.components.example import example

LAC = example().datacenters[0]
CIRCUIT = example().circuits[0]
ACCESS = example().access_networks[0]


def test_a_zone_card_shows_site_and_address():
    assert zone_mac(LAC, IPv4Address("10.1.0.2")) == "00:50:56:01:00:02"
    assert zone_mac(LAC.model_copy(update={"number": 15}), IPv4Address("10.15.255.254")) == "00:50:56:0f:ff:fe"


def test_a_circuit_card_shows_circuit_and_end():
    assert circuit_mac(CIRCUIT, "lac-router-1") == "00:50:56:10:00:02"
    assert circuit_mac(CIRCUIT, "pessac-router-1") == "00:50:56:10:00:03"
    assert circuit_mac(CIRCUIT.model_copy(update={"number": 255}), "pessac-router-1") == "00:50:56:10:01:ff"


def test_an_access_card_shows_network_and_host():
    assert access_mac(ACCESS, IPv4Address("10.32.16.1")) == "00:50:56:20:10:01"
    assert access_mac(ACCESS.model_copy(update={"number": 255}), IPv4Address("10.47.255.254")) == "00:50:56:2f:ff:fe"


def test_a_communes_zone_card_shows_zone_and_commune():
    assert commune_zone_mac(Zone.ADMIN, 1087) == "00:50:56:30:04:3f"
    assert commune_zone_mac(Zone.IOT, 4094) == "00:50:56:38:0f:fe"


def test_a_router_that_is_no_end_is_refused():
    with pytest.raises(ValueError, match="not in tuple"):
        circuit_mac(CIRCUIT, "lac-router-2")


zone_cards = st.tuples(st.just("zone"), st.integers(1, 15), st.integers(0, 2**16 - 1))
circuit_cards = st.tuples(st.just("circuit"), st.integers(1, 255), st.integers(0, 1))
access_cards = st.tuples(st.just("access"), st.integers(1, 255), st.integers(1, 4094))
commune_cards = st.tuples(st.just("commune"), st.integers(0, len(Zone) - 1), st.integers(2, 4094))
cards = zone_cards | circuit_cards | access_cards | commune_cards


def _mac(kind: str, number: int, low: int) -> str:
    if kind == "zone":
        dc: Datacenter = LAC.model_copy(update={"number": number})
        return zone_mac(dc, IPv4Address((10 << 24) + (number << 16) + low))
    if kind == "access":
        network: AccessNetwork = ACCESS.model_copy(update={"number": number})
        return access_mac(network, IPv4Address((10 << 24) + (32 << 16) + (number << 12) + low))
    if kind == "commune":
        return commune_zone_mac(tuple(Zone)[number], low)
    circuit: Circuit = CIRCUIT.model_copy(update={"number": number})
    return circuit_mac(circuit, circuit.routers[low])


@given(cards, cards)
def test_two_cards_never_share_an_address(one: tuple[str, int, int], other: tuple[str, int, int]):
    assert (_mac(*one) == _mac(*other)) == (one == other)


@given(cards)
def test_every_address_is_one_vmware_lets_people_set(card: tuple[str, int, int]):
    octets = bytes.fromhex(_mac(*card).replace(":", ""))
    assert octets[:3] == b"\x00\x50\x56"
    assert octets[3] <= 0x3F
