from __future__ import annotations

import re
from ipaddress import IPv4Network, collapse_addresses

import pytest
from hypothesis import given

from components.cloud.security_rules import ENDPOINTS, Direction, Rule, group_key, rules
from territory import cloud_addressing
from territory.calls import ADMIN_PORT
from territory.hosts import HostRole, hosts
from territory.loader import load_territory, territory_names
from territory.model import CloudRegion, Territory
from territory.openings import openings
from territory.topology import public_assets
from tests.unit.components.clouds import cloud_territory
from tests.unit.territory.generated import with_services

TERRITORY = cloud_territory()
PARIS = TERRITORY.cloud_regions[0]
DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")


def _said(group: str) -> set[str]:
    return {f"{rule.direction} {rule.port} {rule.peer}: {rule.why}" for rule in rules(TERRITORY, PARIS)[group]}


def test_the_open_end_of_a_service_that_others_depend_on():
    assert _said("maps-tiles") == {
        # its own service
        "out 443 10.2.16.136/29: server of maps in pessac",
        "in 443 10.2.16.136/29: server of maps in pessac",
        "out 443 maps-tiles: tiles of maps",
        "in 443 maps-tiles: tiles of maps",
        # the service that depends on it: its web, never its databases
        "in 443 portal-web: web of portal",
        # people and operators
        "in 443 10.64.0.0/10: the communes",
        "in 22 10.1.0.2/32: bastion of lac",
        "in 22 10.2.0.2/32: bastion of pessac",
        "out 443 endpoints: services of the provider",
    }


def test_what_keeps_data_calls_only_what_keeps_data():
    assert _said("portal-copy") == {
        "out 5432 10.1.32.160/29: db of portal in lac",
        "out 5432 10.2.32.160/29: db of portal in pessac",
        "in 5432 10.1.32.160/29: db of portal in lac",
        "in 5432 10.2.32.160/29: db of portal in pessac",
        "in 5432 portal-web: web of portal",
        "in 22 10.1.0.2/32: bastion of lac",
        "in 22 10.2.0.2/32: bastion of pessac",
        "out 443 endpoints: services of the provider",
    }


def test_endpoints_are_reached_by_every_asset_and_reach_nobody():
    assert _said(ENDPOINTS) == {f"in 443 {group}: {group} reaches the provider" for group in GROUPS - {ENDPOINTS}}


GROUPS = {"maps-tiles", "portal-web", "portal-copy", ENDPOINTS}


def test_every_public_asset_has_a_group():
    assert set(rules(TERRITORY, PARIS)) == GROUPS


def _check(t: Territory) -> None:
    for region in t.cloud_regions:
        by_group = rules(t, region)
        for group, its_rules in by_group.items():
            keys = [(rule.direction, rule.port, rule.peer) for rule in its_rules]
            assert len(set(keys)) == len(keys)
            assert len({rule.slug for rule in its_rules}) == len(its_rules)
            for rule in its_rules:
                assert DESCRIPTION.fullmatch(rule.why), rule.why
                if rule.peer_is_group:
                    other = Direction.IN if rule.direction is Direction.OUT else Direction.OUT
                    assert any(
                        (back.direction, back.port, back.peer) == (other, rule.port, group)
                        for back in by_group[rule.peer]
                    ) or (rule.direction is Direction.IN and group == ENDPOINTS)
                else:
                    network = IPv4Network(rule.peer)
                    assert network.is_private
                    # Nothing is open to whole datacenters; only people, by commune, come as wide as that.
                    assert network.prefixlen >= 29 or network in t.address_space.communes.values()


@pytest.mark.parametrize("name", territory_names())
def test_in_every_territory_both_ends_agree(name: str):
    _check(load_territory(name))


@given(with_services(TERRITORY))
def test_in_any_territory_both_ends_agree(t: Territory):
    _check(t)


@given(with_services(TERRITORY))
def test_the_order_of_services_changes_nothing(t: Territory):
    other = t.model_copy(update={"services": tuple(reversed(t.services))})
    region = t.cloud_regions[0]
    assert rules(t, region) == rules(other, region)


def _let_in(t: Territory, region: CloudRegion, group: str) -> set[tuple[int, IPv4Network]]:
    """What a group lets in, with other groups as the addresses of what has them; ssh left out."""
    places = {
        group_key(service, asset): cloud_addressing.public_blocks(t, region, service, asset)
        for service, asset in public_assets(t, region)
    }
    by_port: dict[int, list[IPv4Network]] = {}
    for rule in rules(t, region)[group]:
        if rule.direction is Direction.IN and rule.port != ADMIN_PORT:
            by_port.setdefault(rule.port, []).extend(
                places[rule.peer] if rule.peer_is_group else [IPv4Network(rule.peer)]
            )
    return {(port, network) for port, networks in by_port.items() for network in collapse_addresses(networks)}


def _check_firewalls(t: Territory) -> None:
    regions = {region.id: region for region in t.cloud_regions}
    for host in hosts(t):
        if host.role is HostRole.PUBLIC:
            by_port: dict[int, list[IPv4Network]] = {}
            for opening in openings(t, host):
                assert opening.port is not None
                by_port.setdefault(opening.port, []).extend(opening.sources)
            bastions = by_port.pop(ADMIN_PORT)
            group = f"{host.service}-{host.asset}"
            found = {(port, network) for port, networks in by_port.items() for network in collapse_addresses(networks)}
            assert found == _let_in(t, regions[host.site], group)
            ssh = [rule for rule in rules(t, regions[host.site])[group] if rule.why.startswith("bastion of")]
            assert bastions == list(collapse_addresses(IPv4Network(rule.peer) for rule in ssh))


@pytest.mark.parametrize("name", territory_names())
def test_a_host_and_its_group_let_in_the_same(name: str):
    _check_firewalls(load_territory(name))


@given(with_services(TERRITORY))
def test_in_any_territory_a_host_and_its_group_let_in_the_same(t: Territory):
    _check_firewalls(t)


def test_a_slug_names_port_and_peer():
    assert Rule(Direction.IN, 443, "10.1.48.64/29", False, "x").slug == "in-443-10-1-48-64-29"
    assert Rule(Direction.OUT, 443, "endpoints", True, "x").slug == "out-443-endpoints"
