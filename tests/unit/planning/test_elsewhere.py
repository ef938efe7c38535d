"""Whatever the territory, its data alone says what is deployed: more sites, more routers, more feeds, other names."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from operations.deployment.stack_configuration import twin_configuration
from operations.territories import choose_territory
from operations.worlds.world import imagined_world
from planning.offline import plan_territory
from planning.plan import Plan, PlannedResource
from stacks.layers import stacks_of
from territory.model import Placement, Territory, Zone
from tests.unit.planning.elsewhere import write_territory

SHAPES = ((2, 2, 2), (3, 3, 3), (4, 2, 3))
"""Sites, border routers in each, power feeds of each."""

pytestmark = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "sites-{}-routers-{}-feeds-{}".format(*shape))
Shape = tuple[int, int, int]


@cache
def _planned(shape: Shape) -> tuple[Territory, Plan]:
    sites, routers, feeds = shape
    with TemporaryDirectory() as folder:
        path = write_territory(Path(folder) / "elsewhere", sites=sites, routers=routers, feeds=feeds)
        chosen = choose_territory(str(path))
        world = imagined_world(chosen.model)
        configurations = [twin_configuration(chosen, stack, world) for stack in stacks_of(chosen.model)]
        return chosen.model, plan_territory(str(path), {each.stack: each.offline() for each in configurations})


def _of(plan: Plan, kind: str) -> list[PlannedResource]:
    return [r for stack in plan.stacks for r in stack.deployable if r.type.endswith(f":{kind}")]


def _vcenter(resource: PlannedResource) -> str:
    assert resource.provider_urn is not None
    return resource.provider_urn.rpartition("::vcenter-")[2]


def _by_vcenter(resources: list[PlannedResource]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for resource in resources:
        found[_vcenter(resource)].append(dict(resource.inputs))
    return found


def _routers(t: Territory) -> dict[str, list[str]]:
    return {dc.id: [router.id for router in t.border_routers if router.site == dc.id] for dc in t.datacenters}


def test_each_vcenter_gets_its_own_guests(shape: Shape) -> None:
    territory, plan = _planned(shape)
    routers = _routers(territory)
    wanted = {
        dc.id: {f"{dc.id}-bastion", *routers[dc.id]}
        | {
            f"{dc.id}-{service.id}-{asset.id}-{replica}"
            for service in territory.services
            for asset in service.assets
            if dc.id in asset.sites and asset.placement is Placement.PRIVATE
            for replica in range(1, asset.replicas + 1)
        }
        | {f"commune-{commune.insee}-router" for commune in territory.communes if commune.vcenter == dc.id}
        for dc in territory.datacenters
    }
    guests = _by_vcenter(_of(plan, "VirtualMachine"))
    assert {dc: {guest["name"] for guest in found} for dc, found in guests.items()} == wanted
    assert len(_of(plan, "VirtualMachine")) == sum(map(len, wanted.values()))


def test_a_link_is_one_segment_in_the_vcenters_of_its_ends_only(shape: Shape) -> None:
    territory, plan = _planned(shape)
    site = {router.id: router.site for router in territory.border_routers}
    groups = [group for group in _of(plan, "DistributedPortGroup") if "teamingPolicy" in group.inputs]
    found: dict[str, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for group in groups:
        values = group.inputs
        found[str(values["name"])][_vcenter(group), values["vlanId"], *values["activeUplinks"]] += 1
    assert found == {
        circuit.id: {(site[router], 1000 + circuit.number, circuit.path): 1 for router in circuit.routers}
        for circuit in territory.circuits
    } | {
        network.id: {(site[network.router], 2000 + network.number, network.path): 1}
        for network in territory.access_networks
    } | _segments_of_communes(territory)


def _segments_of_communes(t: Territory) -> dict[str, dict[tuple[Any, ...], int]]:
    zones = {"admin": 100, "services": 110, "iot": 140}
    found: dict[str, dict[tuple[Any, ...], int]] = {}
    for commune in t.communes:
        for zone, vlan in zones.items():
            found[f"commune-{commune.insee}-{zone}"] = {(commune.vcenter, vlan, "local"): 1}
        for network in t.access_networks:
            if network.id in commune.access:
                segment = (commune.vcenter, 2000 + network.number, network.path)
                found[f"commune-{commune.insee}-{network.id}"] = {segment: 1}
    return found


def test_every_path_that_reaches_a_site_has_an_uplink_and_a_card(shape: Shape) -> None:
    territory, plan = _planned(shape)
    switches = _by_vcenter(_of(plan, "DistributedVirtualSwitch"))
    sites = shape[0]
    for dc in territory.datacenters:
        (interconnect,) = [switch for switch in switches[dc.id] if switch["name"].endswith("-interconnect")]
        assert interconnect["uplinks"] == [path.id for path in territory.paths if dc.id in path.id]
        assert len(interconnect["uplinks"]) == 2 * (sites - 1)
        cards = [f"vmnic{number}" for number in range(2, 2 * sites)]
        assert [host["devices"] for host in interconnect["hosts"]] == [cards] * len(dc.hosts)


def test_a_router_has_a_card_for_each_of_its_links(shape: Shape) -> None:
    territory, plan = _planned(shape)
    sites, routers, _ = shape
    guests = {guest.inputs["name"]: guest.inputs for guest in _of(plan, "VirtualMachine")}
    for router in territory.border_routers:
        cards: Any = guests[router.id]["networkInterfaces"]
        reached = sum(network.router == router.id for network in territory.access_networks)
        assert len(cards) == 1 + (sites - 1) * routers + reached


def test_no_two_cards_anywhere_share_a_hardware_address(shape: Shape) -> None:
    _, plan = _planned(shape)
    macs: list[str] = []
    for guest in _of(plan, "VirtualMachine"):
        cards: Any = guest.inputs["networkInterfaces"]
        macs += [card["macAddress"] for card in cards]
    assert len(macs) > 20
    assert [mac for mac, count in Counter(macs).items() if count > 1] == []


def test_routers_of_a_site_are_apart_and_on_their_feeds(shape: Shape) -> None:
    territory, plan = _planned(shape)
    apart = _by_vcenter(
        [rule for rule in _of(plan, "ComputeClusterVmAntiAffinityRule") if str(rule.name).startswith("interconnect-")]
    )
    groups = _by_vcenter(_of(plan, "ComputeClusterVmGroup"))
    hosts = _by_vcenter(_of(plan, "ComputeClusterHostGroup"))
    for dc in territory.datacenters:
        (rule,) = apart[dc.id]
        assert len(rule["virtualMachineIds"]) == shape[1]
        feeds = Counter(router.feed for router in territory.border_routers if router.site == dc.id)
        sizes = Counter(
            {
                group["name"].removeprefix(f"{dc.id}-routers-"): len(group["virtualMachineIds"])
                for group in groups[dc.id]
            }
        )
        assert sizes == feeds
        assert len(hosts[dc.id]) == len(dc.feeds)


def test_each_zone_of_each_site_has_a_port_group(shape: Shape) -> None:
    territory, plan = _planned(shape)
    groups = [group for group in _of(plan, "DistributedPortGroup") if "teamingPolicy" not in group.inputs]
    assert Counter((_vcenter(group), group.inputs["name"]) for group in groups) == Counter(
        (dc.id, f"{dc.id}-{zone}") for dc in territory.datacenters for zone in Zone
    )


def test_nothing_of_bordeaux_is_left(shape: Shape) -> None:
    _, plan = _planned(shape)
    text = plan.to_json().lower()
    assert [word for word in ("bordeaux", "pessac", "garonne", "33063") if word in text] == []
