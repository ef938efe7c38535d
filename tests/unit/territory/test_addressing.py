"""The address plan: what it computes, that nothing meets, and that nobody moves when others join or leave."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory import addressing
from territory.loader import load_territory, territory_names
from territory.model import (
    COMMUNE_ZONES,
    Asset,
    BorderRouter,
    Circuit,
    Commune,
    Placement,
    Territory,
    Zone,
)
from territory.topology import datacenter
from territory.vlans import access_vlan, circuit_vlan, zone_vlan

BORDEAUX = load_territory("bordeaux")


def all_addresses(t: Territory) -> dict[str, IPv4Address]:
    """Every single address the plan hands out, by what has it."""
    found: dict[str, IPv4Address] = {}
    for dc in t.datacenters:
        found[f"bastion {dc.id}"] = addressing.bastion_address(t, dc)
        found[f"automation {dc.id}"] = addressing.automation_address(t, dc)
        for zone in Zone:
            found[f"gateway {dc.id} {zone}"] = addressing.zone_gateway(t, dc, zone)
        for s in t.services:
            for asset in s.assets:
                if asset.placement is Placement.PRIVATE and dc.id in asset.sites:
                    for replica in range(1, asset.replicas + 1):
                        address = addressing.asset_address(t, dc, s, asset, replica)
                        found[f"{dc.id} {s.id} {asset.id} {replica}"] = address
    for router in t.border_routers:
        found[f"management {router.id}"] = addressing.router_management(t, router)
        found[f"loopback {router.id}"] = addressing.router_loopback(t, router)
    return found | _link_addresses(t)


def _link_addresses(t: Territory) -> dict[str, IPv4Address]:
    found: dict[str, IPv4Address] = {}
    for network in t.access_networks:
        found[f"{network.id} router"] = addressing.router_access_address(t, network)
        for commune in t.communes:
            found[f"{network.id} {commune.insee}"] = addressing.commune_access_address(t, network, commune)
    for commune in t.communes:
        for zone in COMMUNE_ZONES:
            found[f"gateway {commune.insee} {zone}"] = addressing.commune_zone_gateway(t, commune, zone)
    for circuit in t.circuits:
        for router_id, address in zip(circuit.routers, addressing.circuit_link(t, circuit).addresses, strict=True):
            found[f"{circuit.id} {router_id}"] = address
    return found


def all_blocks(t: Territory) -> dict[str, IPv4Network]:
    """Every block that is not part of another."""
    found = {f"{dc.id} {zone}": addressing.zone_network(t, dc, zone) for dc in t.datacenters for zone in Zone}
    found |= {circuit.id: addressing.circuit_link(t, circuit).network for circuit in t.circuits}
    found |= {network.id: addressing.access_block(t, network) for network in t.access_networks}
    found |= {region.id: addressing.cloud_block(t, region) for region in t.cloud_regions}
    return found | {commune.insee: addressing.commune_block(t, commune) for commune in t.communes}


def test_the_plan_in_figures() -> None:
    t = BORDEAUX
    lac = datacenter(t, "lac")
    router = t.border_routers[0]
    water = next(service for service in t.services if service.id == "water-telemetry")
    link = addressing.circuit_link(t, t.circuits[2])
    assert str(addressing.site_block(t, lac)) == "10.1.0.0/16"
    assert str(addressing.zone_network(t, lac, Zone.DATA)) == "10.1.32.0/20"
    assert str(addressing.zone_gateway(t, lac, Zone.DATA)) == "10.1.32.1"
    assert str(addressing.bastion_address(t, lac)) == "10.1.0.2"
    assert str(addressing.automation_address(t, lac)) == "10.1.0.3"
    assert str(addressing.router_management(t, router)) == "10.1.0.11"
    assert str(addressing.router_loopback(t, router)) == "10.1.240.1"
    assert addressing.router_asn(t, router) == 64513
    assert (str(link.network), [str(a) for a in link.addresses]) == ("10.32.0.6/31", ["10.32.0.6", "10.32.0.7"])
    assert str(link.address_of(t.circuits[2], "pessac-router-2")) == "10.32.0.7"
    assert str(addressing.cloud_block(t, t.cloud_regions[0])) == "10.49.0.0/16"
    assert str(addressing.commune_block(t, t.communes[6])) == "10.67.240.0/20"
    bordeaux, access = t.communes[6], t.access_networks[4]
    assert addressing.commune_index(t, bordeaux) == 64 * 16 + 63
    assert str(addressing.commune_zone_network(t, bordeaux, Zone.IOT)) == "10.67.248.0/23"
    assert str(addressing.commune_zone_gateway(t, bordeaux, Zone.ADMIN)) == "10.67.240.1"
    assert str(addressing.access_block(t, access)) == "10.32.80.0/20"
    assert str(addressing.router_access_address(t, access)) == "10.32.80.1"
    assert str(addressing.commune_access_address(t, access, bordeaux)) == "10.32.84.63"
    assert access_vlan(access) == 2005
    assert str(addressing.asset_address(t, lac, water, water.assets[0], 2)) == "10.1.64.129"
    assert [zone_vlan(zone) for zone in Zone] == [100, 110, 120, 130, 140]
    assert circuit_vlan(t.circuits[2]) == 1003


@pytest.mark.parametrize("name", territory_names())
def test_nothing_meets(name: str) -> None:
    t = load_territory(name)
    addresses = all_addresses(t)
    assert len(set(addresses.values())) == len(addresses)
    for (one, first), (other, second) in combinations(all_blocks(t).items(), 2):
        assert not first.overlaps(second), (one, other)


@pytest.mark.parametrize("name", territory_names())
def test_addresses_lie_in_their_blocks(name: str) -> None:
    t = load_territory(name)
    for dc in t.datacenters:
        inside = addressing.site_block(t, dc)
        mine = [address for label, address in all_addresses(t).items() if dc.id in label.split()]
        assert mine
        assert all(address in inside for address in mine)


def test_a_block_that_does_not_fit_is_refused() -> None:
    with pytest.raises(addressing.AddressPlanError, match=r"^10.0.0.0/29 has 4 blocks of /31; no number 4$"):
        addressing.block(IPv4Network("10.0.0.0/29"), 31, 4)


def test_an_asset_has_no_address_where_it_does_not_run() -> None:
    gis = next(service for service in BORDEAUX.services if service.id == "geographic-information")
    with pytest.raises(ValueError, match=r"^asset server of geographic-information has no replica 1 in lac$"):
        addressing.asset_address(BORDEAUX, datacenter(BORDEAUX, "lac"), gis, gis.assets[1], 1)


numbers = st.sets(st.integers(1, 500), min_size=1, max_size=40)


@st.composite
def grown(draw: st.DrawFn) -> tuple[Territory, Territory]:
    """A territory with random numbers given out, and the same after others joined, all in another order."""
    communes = [
        Commune(
            insee=f"33{n:03}", name=f"C{n}", sector="garonne", population_about=0, lat_about=0, lon_about=0,
            vcenter="lac", access=BORDEAUX.communes[0].access,
        )
        for n in sorted(draw(st.sets(st.integers(1, 999), min_size=1, max_size=40)))
    ]  # fmt: skip
    assets = [
        Asset(id=f"a-{n}", number=n, zone=draw(st.sampled_from(Zone)), sites=("lac", "pessac"), replicas=8)
        for n in sorted(draw(numbers))
    ]
    circuits = [
        Circuit(id=f"c-{n}", number=n, routers=("lac-router-1", "pessac-router-1"), path="garonne-north")
        for n in sorted(draw(st.sets(st.integers(1, 255), min_size=1, max_size=40)))
    ]
    routers = [
        BorderRouter(id=f"{site}-r-{n}", number=n, site=site, feed="feed-a")
        for site in ("lac", "pessac")
        for n in sorted(draw(st.sets(st.integers(1, 50), min_size=1, max_size=10)))
    ]

    def territory(communes: list[Commune], assets: list[Asset], circuits: list[Circuit], routers: list[BorderRouter]):
        only = BORDEAUX.services[0].model_copy(update={"assets": tuple(assets)})
        return BORDEAUX.model_copy(
            update={
                "communes": tuple(communes),
                "services": (only,),
                "circuits": tuple(circuits),
                "border_routers": tuple(routers),
            }
        )

    everything = territory(
        draw(st.permutations(communes)),
        draw(st.permutations(assets)),
        draw(st.permutations(circuits)),
        draw(st.permutations(routers)),
    )
    part = territory(communes[::2], assets[::2], circuits[::2], routers[::2])
    return part, everything


@given(grown())
@settings(max_examples=60, deadline=None)
def test_nobody_moves_and_nothing_meets_when_others_join(pair: tuple[Territory, Territory]) -> None:
    before, after = pair
    assert all_addresses(before).items() <= all_addresses(after).items()
    assert all_blocks(before).items() <= all_blocks(after).items()
    addresses = all_addresses(after)
    assert len(set(addresses.values())) == len(addresses)
    blocks = sorted(all_blocks(after).values())
    assert not any(one.overlaps(other) for one, other in pairwise(blocks))
