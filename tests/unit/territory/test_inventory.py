"""What Ansible is told about a host."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from territory.hosts import Host, HostRole, hosts
from territory.inventory import host_groups, host_variables
from territory.loader import load_territory, territory_names
from territory.model import Territory
from territory.openings import openings

SANDBOX = load_territory("sandbox")


def host(name: str) -> Host:
    return next(host for host in hosts(SANDBOX) if host.name == name)


def variables(name: str) -> dict[str, object]:
    return host_variables(SANDBOX, host(name))


def test_the_groups_of_a_host() -> None:
    assert host_groups(host("lac-router-1")) == (
        "site_lac",
        "zone_admin",
        "role_border_router",
        "commune_33063",
        "criticality_vital",
        "level_intermediary",
    )
    assert host_groups(host("cloud-paris-open-data-portal-1")) == (
        "site_cloud_paris",
        "zone_dmz",
        "role_public",
        "criticality_standard",
        "level_intermediary",
    )


def test_a_group_is_in_small_letters() -> None:
    corsican = replace(host("commune-33063-router"), commune="2A004")
    assert "commune_2a004" in host_groups(corsican)


def test_what_a_host_is_told_of_itself() -> None:
    told = {key: value for key, value in variables("lac-civil-registry-web-1").items() if key.startswith("host_")}
    assert told == {
        "host_address": "10.129.48.80",
        "host_role": "service",
        "host_level": "enhanced",
        "host_site": "lac",
        "host_zone": "dmz",
        "host_commune": "33063",
        "host_service": "civil-registry",
        "host_criticality": "essential",
    }
    assert variables("lac-bastion")["host_service"] == ""
    assert variables("lac-water-telemetry-db-1")["host_commune"] == ""


def test_openings_are_written_plainly() -> None:
    assert variables("pessac-router-2")["firewall_openings"] == [
        {"name": "ssh", "protocol": "tcp", "port": 22, "sources": ["10.129.0.2/31", "10.130.0.2/31"]},
        {"name": "ping", "protocol": "icmp", "port": None, "sources": ["10.129.0.0/20", "10.130.0.0/20"]},
        *(
            {"name": name, "protocol": protocol, "port": port, "sources": ["10.160.0.4/32", "10.160.0.6/32"]}
            for name, protocol, port in (("bgp", "tcp", 179), ("bfd", "udp", 3784), ("bfd-multihop", "udp", 4784))
        ),
    ]


def test_ssh() -> None:
    assert variables("commune-33318-router")["ssh_sources"] == ["10.160.16.1/32", "10.160.32.1/32"]
    assert variables("commune-33318-router")["ssh_forward_to"] == []
    assert variables("lac-router-2")["ssh_forward_to"] == []
    assert variables("pessac-router-1")["ssh_forward_to"] == ["10.160.44.63:22", "10.160.45.62:22"]
    bastion = variables("pessac-bastion")["ssh_forward_to"]
    others = [each for each in hosts(SANDBOX) if each.role is not HostRole.COMMUNE_ROUTER]
    assert bastion == [f"{each.address}:22" for each in others if each.name != "pessac-bastion"]


def test_journals() -> None:
    lac = {"name": "lac-bastion", "address": "10.129.0.2"}
    pessac = {"name": "pessac-bastion", "address": "10.130.0.2"}
    assert variables("lac-router-1")["journal_receivers"] == [lac, pessac]
    assert variables("lac-bastion")["journal_receivers"] == [pessac]
    assert variables("cloud-paris-open-data-portal-1")["journal_receivers"] == []
    receiving = [each.name for each in hosts(SANDBOX) if variables(each.name)["journal_receives"]]
    assert receiving == ["lac-bastion", "pessac-bastion"]


def test_time() -> None:
    assert variables("pessac-bastion")["time_servers"] == ["10.130.0.1"]
    assert variables("lac-water-telemetry-db-1")["time_servers"] == ["10.129.32.1"]
    assert variables("commune-33063-router")["time_servers"] == ["10.129.0.1", "10.130.0.1"]
    assert variables("cloud-paris-open-data-portal-1")["time_servers"] == ["169.254.169.123"]


def _check(t: Territory) -> None:
    every = hosts(t)
    known = {str(address) for each in every for address in {way.address for way in each.ways}}
    for each in every:
        told = host_variables(t, each)
        assert json.loads(json.dumps(told)) == told
        assert told["firewall_forwards"] == ("router" in each.role)
        assert len(told["firewall_openings"]) == len(openings(t, each))
        assert told["firewall_openings"][0]["sources"] == told["ssh_sources"]
        for target in told["ssh_forward_to"]:
            address, port = target.split(":")
            assert (address in known, port) == (True, "22")
        jumps = {way.jump for other in every for way in other.ways}
        assert bool(told["ssh_forward_to"]) == (each.name in jumps or each.role is HostRole.BASTION)


@pytest.mark.parametrize("name", territory_names())
def test_shipped_territories(name: str) -> None:
    _check(load_territory(name))


def test_a_commune_more_changes_its_border_routers_and_no_other_host() -> None:
    t = load_territory("bordeaux")
    before = t.model_copy(update={"communes": t.communes[1:]})
    told_before = {each.name: host_variables(before, each) for each in hosts(before)}
    told_after = {each.name: host_variables(t, each) for each in hosts(t)}
    joined = next(each for each in hosts(t) if each.commune == t.communes[0].insee and each.part)
    assert set(told_after) - set(told_before) == {joined.name}
    changed = {name for name, told in told_before.items() if told != told_after[name]}
    assert changed == {way.jump for way in joined.ways}
