"""What hosts' firewalls let in: the figures of the sandbox, and what holds in every territory."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from ipaddress import IPv4Network
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings

from territory import addressing, topology
from territory.calls import PORTS
from territory.generation import Shape, generated, write_territory
from territory.hosts import Host, HostRole, hosts
from territory.loader import load_territory, territory_names
from territory.model import Territory, Zone
from territory.openings import Opening, Protocol, openings, ssh_sources
from tests.unit.components.example import example
from tests.unit.territory.generated import shapes, with_services

SANDBOX = load_territory("sandbox")


def said(name: str, t: Territory = SANDBOX) -> dict[str, str]:
    host = next(host for host in hosts(t) if host.name == name)
    return {
        opening.name: " ".join([opening.protocol, str(opening.port), *map(str, opening.sources)])
        for opening in openings(t, host)
    }


REGIONS = [
    {
        "id": id_,
        "name": id_,
        "number": number,
        "provider_region": "eu-west-3",
        "country": "FR",
        "zones": ["a", "b"],
        "image": "ami-0a1b2c3d4e5f60718",
    }
    for number, id_ in enumerate(("paris", "milan"), start=1)
]

BOTH_SITES = "10.129.0.2/31 10.130.0.2/31"
"""Bastion .2 and automation .3 of each."""


def test_a_bastion_receives_journals_from_both_datacenters_and_from_the_links() -> None:
    zones = "10.129.0.0/18 10.129.64.0/20 10.130.0.0/18 10.130.64.0/20"
    links = "10.160.0.2/31 10.160.0.4/30 10.160.0.8/31 10.160.16.0/20 10.160.32.0/20"
    assert said("lac-bastion") == {
        "ssh": f"tcp 22 {BOTH_SITES}",
        "ping": "icmp None 10.129.0.0/20 10.130.0.0/20",
        "journal": f"tcp 19532 {zones} {links}",
    }


def test_a_border_router_hears_the_other_ends_of_its_circuits_and_its_communes() -> None:
    peers = "10.160.0.3/32 10.160.0.7/32 10.160.28.63/32 10.160.29.62/32"
    assert said("lac-router-1") == {
        "ssh": f"tcp 22 {BOTH_SITES}",
        "ping": "icmp None 10.129.0.0/20 10.130.0.0/20",
        "bgp": f"tcp 179 {peers}",
        "bfd": f"udp 3784 {peers}",
        "bfd-multihop": f"udp 4784 {peers}",
    }
    assert said("pessac-router-2")["bgp"] == "tcp 179 10.160.0.4/32 10.160.0.6/32"


def test_a_router_without_a_peer_hears_nobody() -> None:
    alone = SANDBOX.model_copy(update={"circuits": SANDBOX.circuits[:1]})
    assert set(said("lac-router-2", alone)) == {"ssh", "ping"}


def test_a_communes_router_hears_its_border_routers() -> None:
    border = "10.160.16.1/32 10.160.32.1/32"
    assert said("commune-33063-router") == {
        "ssh": f"tcp 22 {border}",
        "ping": "icmp None 10.129.0.0/20 10.130.0.0/20 10.195.240.0/23",
        "bgp": f"tcp 179 {border}",
        "bfd": f"udp 3784 {border}",
        "bfd-multihop": f"udp 4784 {border}",
    }


def test_services_hear_who_depends_on_them() -> None:
    every_host = {"ssh": f"tcp 22 {BOTH_SITES}", "ping": "icmp None 10.129.0.0/20 10.130.0.0/20"}
    assert said("lac-water-telemetry-collector-1") == {
        **every_host,
        # the other replicas of its own, and whose service depends on this one: on both sides of the VPN
        "water-telemetry_collector": "tcp 8883 10.129.64.64/29 10.130.64.64/29",
        "open-data_portal": "tcp 8883 10.177.12.22/31 10.177.44.22/31",
        "open-data_publisher": "tcp 8883 10.130.16.96/29",
        "communes": "tcp 8883 10.192.0.0/10",
    }
    assert said("pessac-water-telemetry-db-1") == {
        **every_host,
        "water-telemetry_collector": "tcp 5432 10.129.64.64/29 10.130.64.64/29",
        "water-telemetry_db": "tcp 5432 10.129.32.72/29 10.130.32.72/29",
    }
    assert said("cloud-paris-open-data-portal-1") == {
        "ssh": "tcp 22 10.129.0.2/32 10.130.0.2/32",
        "open-data_publisher": "tcp 443 10.130.16.96/29",
        "communes": "tcp 443 10.192.0.0/10",
    }


def test_callers_come_in_the_order_of_their_names() -> None:
    names = list(said("lac-water-telemetry-collector-1"))
    assert names == [
        "ssh", "ping", "open-data_portal", "open-data_publisher", "water-telemetry_collector", "communes",
    ]  # fmt: skip


def test_callers_whose_names_run_together_are_two() -> None:
    def service(id_: str, needs: list[str], **asset: object) -> dict[str, object]:
        assets = [{"zone": "services", **asset}]
        return {
            "id": id_, "name": id_, "owner": "t", "criticality": "vital", "depends_on": needs, "assets": assets,
        }  # fmt: skip

    t = example(
        services=[
            service("maps", [], id="server", number=1, sites=["lac"]),
            service("a-b", ["maps"], id="c", number=2, sites=["lac"]),
            service("a", ["maps"], id="b-c", number=3, sites=["pessac"]),
        ]
    )
    told = said("lac-maps-server-1", t)
    assert (told["a_b-c"], told["a-b_c"]) == ("tcp 443 10.2.16.80/29", "tcp 443 10.1.16.72/29")


def _check(t: Territory) -> None:
    by_name = {host.name: host for host in hosts(t)}
    space = t.address_space
    inside = [space.sites, space.links, space.cloud, *space.communes.values()]
    for host in by_name.values():
        found = openings(t, host)
        assert len({opening.name for opening in found}) == len(found)
        for opening in found:
            assert (opening.port is None) == (opening.protocol is Protocol.ICMP)
            assert opening.sources
            assert list(opening.sources) == sorted(opening.sources)
            assert not any(one.overlaps(other) for one, other in combinations(opening.sources, 2))
            for source in opening.sources:
                assert any(source.subnet_of(network) for network in inside), (host.name, opening)
        ssh = [opening for opening in found if opening.port == 22]
        assert ssh == [Opening("ssh", Protocol.TCP, 22, ssh_sources(t, host))]
        _check_jumps(t, host, by_name)


def _check_jumps(t: Territory, host: Host, by_name: Mapping[str, Host]) -> None:
    """Who is jumped through may open ssh, from an address it has there."""
    for index, way in enumerate(host.ways):
        if way.jump is None:
            continue
        if host.role is HostRole.COMMUNE_ROUTER:
            commune = next(commune for commune in t.communes if commune.insee == host.commune)
            network = topology.access_networks_of_commune(t, commune)[index]
            speaks_from = addressing.router_access_address(t, network)
        else:
            speaks_from = by_name[way.jump].address
        assert any(speaks_from in source for source in ssh_sources(t, host))


def _let_in(t: Territory, callee: Host) -> set[IPv4Network]:
    return {
        source
        for opening in openings(t, callee)
        if opening.port == PORTS[callee.zone] and opening.name != "communes"
        for source in opening.sources
    }


def _depends(t: Territory, caller: Host, callee: Host) -> bool:
    """Who calls whom, said once more and the slow way."""
    by_id = {service.id: service for service in t.services}
    if caller.zone is Zone.DATA:
        return caller.service == callee.service and callee.zone is Zone.DATA
    if caller.service == callee.service:
        return True
    assert caller.service
    return callee.service in by_id[caller.service].depends_on and callee.zone is not Zone.DATA


@given(with_services(example(sites=3, cloud_regions=REGIONS)))
@settings(max_examples=40, deadline=None)
def test_a_host_hears_a_host_exactly_when_its_asset_depends_on_it(t: Territory) -> None:
    _check(t)
    guests = [host for host in hosts(t) if host.service is not None]
    for callee in guests:
        let_in = _let_in(t, callee)
        for caller in guests:
            if callee == caller or callee.zone is Zone.ADMIN:
                continue
            apart = {caller.role, callee.role} == {HostRole.PUBLIC} and caller.site != callee.site
            heard = any(caller.address in source for source in let_in)
            assert heard == (_depends(t, caller, callee) and not apart), (caller, callee)


@pytest.mark.parametrize("name", territory_names())
def test_shipped_territories(name: str) -> None:
    _check(load_territory(name))


@settings(max_examples=10, deadline=None)
@given(shapes(most_communes=12, most_services=5))
def test_any_shape(shape: Shape) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _check(load_territory(write_territory(generated(shape), Path(folder))))
