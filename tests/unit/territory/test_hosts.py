"""The hosts a territory declares: which, where, how hardened, and the ways to them."""

from __future__ import annotations

import tempfile
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings

from territory import addressing, topology
from territory.generation import Shape, generated, write_territory
from territory.hosts import HardeningLevel, Host, HostRole, Way, hosts, level
from territory.loader import load_territory, territory_names
from territory.model import Criticality, Territory, Zone
from tests.unit.components.example import example
from tests.unit.territory.generated import shapes, with_services

SANDBOX = load_territory("sandbox")


def host(name: str) -> Host:
    return next(host for host in hosts(SANDBOX) if host.name == name)


def test_the_hosts_of_the_sandbox() -> None:
    assert [f"{each.name} {each.role} {each.level} {each.zone} {each.layer}" for each in hosts(SANDBOX)] == [
        "lac-bastion bastion enhanced admin datacenters",
        "pessac-bastion bastion enhanced admin datacenters",
        "lac-router-1 border-router intermediary admin network",
        "lac-router-2 border-router intermediary admin network",
        "pessac-router-1 border-router intermediary admin network",
        "pessac-router-2 border-router intermediary admin network",
        "commune-33063-router commune-router intermediary admin communes",
        "commune-33318-router commune-router intermediary admin communes",
        "lac-water-telemetry-collector-1 service enhanced iot services",
        "lac-water-telemetry-collector-2 service enhanced iot services",
        "lac-water-telemetry-db-1 service enhanced data services",
        "lac-civil-registry-web-1 service enhanced dmz services",
        "pessac-water-telemetry-collector-1 service enhanced iot services",
        "pessac-water-telemetry-collector-2 service enhanced iot services",
        "pessac-water-telemetry-db-1 service enhanced data services",
        "pessac-open-data-publisher-1 service intermediary services services",
        "cloud-paris-open-data-portal-1 public intermediary dmz cloud",
    ]


def test_whose_a_host_is() -> None:
    assert (host("pessac-bastion").site, host("pessac-bastion").commune) == ("pessac", "33318")
    assert (host("lac-router-2").site, host("lac-router-2").commune) == ("lac", "33063")
    pessac = host("commune-33318-router")
    assert (pessac.site, pessac.commune, pessac.part, pessac.service) == ("pessac", "33318", "south", None)
    registry = host("lac-civil-registry-web-1")
    assert (registry.site, registry.commune, registry.part) == ("lac", "33063", None)
    assert (registry.service, registry.asset, registry.criticality) == ("civil-registry", "web", Criticality.ESSENTIAL)
    portal = host("cloud-paris-open-data-portal-1")
    assert (portal.site, portal.commune, portal.criticality) == ("cloud-paris", None, Criticality.STANDARD)
    assert host("lac-bastion").criticality is host("commune-33063-router").criticality is Criticality.VITAL


def test_the_ways_to_a_host() -> None:
    def ways(name: str) -> list[str]:
        return [f"{way.jump} {way.address}" for way in host(name).ways]

    assert ways("lac-bastion") == ["None 10.129.0.2"]
    assert ways("pessac-router-2") == ["None 10.130.0.12"]
    assert ways("lac-water-telemetry-collector-2") == ["None 10.129.64.65"]
    assert ways("commune-33063-router") == ["pessac-router-1 10.160.44.63", "lac-router-1 10.160.28.63"]
    assert ways("cloud-paris-open-data-portal-1") == ["lac-bastion 10.177.12.22", "pessac-bastion 10.177.12.22"]
    assert str(host("commune-33063-router").address) == "10.160.44.63"


@pytest.mark.parametrize(("role", "criticality"), [*product(HostRole, Criticality)])
def test_levels(role: HostRole, criticality: Criticality) -> None:
    far = role is HostRole.BASTION or (role is HostRole.SERVICE and criticality in ("vital", "essential"))
    assert level(role, criticality) is (HardeningLevel.ENHANCED if far else HardeningLevel.INTERMEDIARY)


def test_a_service_more_critical_is_hardened_no_less() -> None:
    order = [*HardeningLevel]
    for role in HostRole:
        found = [order.index(level(role, criticality)) for criticality in Criticality]
        assert found == sorted(found, reverse=True)


def _check(t: Territory) -> None:
    every = hosts(t)
    by_name = {each.name: each for each in every}
    assert len(by_name) == len(every)
    addresses = [address for each in every for address in {way.address for way in each.ways}]
    assert len(set(addresses)) == len(addresses)
    access = {network.id: network for network in t.access_networks}
    for each in every:
        assert each.ways
        assert each.site in {dc.id for dc in t.datacenters} | {region.id for region in t.cloud_regions}
        assert (each.service is None) == (each.asset is None) == (each.role not in (HostRole.SERVICE, HostRole.PUBLIC))
        # Who has to be jumped through is reached without a jump.
        assert all(way.jump is None or by_name[way.jump].ways[0].jump is None for way in each.ways)
        if each.role is HostRole.COMMUNE_ROUTER:
            commune = next(commune for commune in t.communes if commune.insee == each.commune)
            assert each.part == commune.sector
            assert len(each.ways) == len(commune.access)
            for way, id_ in zip(each.ways, commune.access, strict=True):
                assert way.jump == access[id_].router
                assert way.jump is not None
                assert by_name[way.jump].role is HostRole.BORDER_ROUTER
                assert way.address in addressing.access_block(t, access[id_])
        elif each.role is HostRole.PUBLIC:
            assert {way.jump for way in each.ways} == {h.name for h in every if h.role is HostRole.BASTION}
            region = next(region for region in t.cloud_regions if region.id == each.site)
            assert each.address in addressing.cloud_block(t, region)
        else:
            assert each.ways == (Way(None, each.address),)
            assert each.address in addressing.zone_network(t, topology.datacenter(t, each.site), each.zone)
        assert each.role in (HostRole.SERVICE, HostRole.PUBLIC) or each.zone is Zone.ADMIN


@pytest.mark.parametrize("name", territory_names())
def test_shipped_territories(name: str) -> None:
    _check(load_territory(name))


@given(with_services(example(sites=3)))
def test_any_services(t: Territory) -> None:
    _check(t)
    expected = sum(asset.replicas * len(asset.sites) for service in t.services for asset in service.assets)
    assert sum(each.service is not None for each in hosts(t)) == expected


@settings(max_examples=20, deadline=None)
@given(shapes())
def test_any_shape(shape: Shape) -> None:
    with tempfile.TemporaryDirectory() as folder:
        t = load_territory(write_territory(generated(shape), Path(folder)))
    _check(t)
    roles = [each.role for each in hosts(t)]
    assert roles.count(HostRole.BASTION) == shape.datacenters
    assert roles.count(HostRole.BORDER_ROUTER) == shape.datacenters * shape.routers
    assert roles.count(HostRole.COMMUNE_ROUTER) == shape.communes
