"""What a datacenter has already is adopted by id: used, never changed, and still there when the platform is gone."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from pyVmomi import vim

from operations.console import Console
from operations.deployment.engine_events import EventTally, Outcome, StackReport
from operations.engine.engine import Engine
from operations.territories import choose_territory
from operations.worlds.session import RunningWorld, TwinSession, open_session, start_world
from operations.yaml_files import read_mapping, write_mapping
from stacks.layers import LAYERS
from territory import topology, vlans
from territory.model import Zone
from territory.naming import point_of_presence_name
from tests.twin.operations.inventory import VCenterInventory, view
from tests.twin.stacks.before import CIRCUIT_GROUP, CLUSTER, DATACENTER, ZONE_GROUP, Before, content_of, settings

pytestmark = pytest.mark.api

TERRITORY = choose_territory("sandbox")
LAC, PESSAC = TERRITORY.model.datacenters


@pytest.fixture
def session(engine: Engine, vcsim_binary: Path) -> Generator[TwinSession]:
    # pytest's own folders are too long for what the twin puts below them.
    state = Path(tempfile.mkdtemp(prefix="metro-"))
    opened = open_session(state, Console(as_json=False))
    try:
        yield opened
    finally:
        opened.client.shutdown()
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture
def world(session: TwinSession) -> RunningWorld:
    return start_world(session, TERRITORY, Console(as_json=False))


@pytest.fixture
def inventories(world: RunningWorld) -> dict[str, VCenterInventory]:
    return {
        dc: VCenterInventory(int(access.server.rpartition(":")[2]), access.user, access.password)
        for dc, access in world.world.vcenters.items()
    }


@pytest.fixture
def adopted(session: TwinSession, world: RunningWorld, inventories: dict[str, VCenterInventory]) -> RunningWorld:
    """All that can be adopted stands in lac, a cluster that hosts have still to join in pessac."""
    circuit = topology.circuits_of_site(TERRITORY.model, LAC)[0]
    existing = {
        dc.id: Before(
            hosts=hosts,
            host_password=world.world.vcenters[dc.id].host_password,
            paths=tuple(path.id for path in topology.paths_of_site(TERRITORY.model, dc)),
            zone_vlan=vlans.zone_vlan(Zone.ADMIN),
            circuit=circuit.id,
            circuit_vlan=vlans.circuit_vlan(circuit),
        ).make(inventories[dc.id])
        for dc, hosts in ((LAC, tuple(host.name for host in LAC.hosts)), (PESSAC, ()))
    }
    for configuration in world.configurations.values():
        file = session.project.configuration_file(configuration.stack)
        document = read_mapping(file)
        write_mapping(file, {**document, "config": {**document["config"], "metropole:existing": existing}})
    return world


def test_adopted_objects_outlive_the_platform_untouched(
    session: TwinSession, adopted: RunningWorld, inventories: dict[str, VCenterInventory]
) -> None:
    stacks = [stack.name for stack in TERRITORY.stacks if LAYERS[stack.layer].vcenters]
    assert set(stacks) <= set(adopted.configurations)
    settings_before = {dc: settings(inventory) for dc, inventory in inventories.items()}
    content_before = {dc: content_of(inventory) for dc, inventory in inventories.items()}

    assert all(_up(session, stack, refresh=False).created for stack in stacks)

    assert {dc: settings(inventory) for dc, inventory in inventories.items()} == settings_before | {
        # Hosts, and with them processors and memory, joined the adopted cluster.
        PESSAC.id: settings_before[PESSAC.id] | _joined(inventories[PESSAC.id])
    }
    _assert_used(inventories)
    again = [_up(session, stack, refresh=True) for stack in stacks]
    assert [(report.changes, report.unchanged > 0) for report in again] == [(0, True)] * len(stacks)

    for stack in reversed(stacks):
        session.workspace.destroy(stack, lambda _: None, refresh=True)
    assert {dc: settings(inventory) for dc, inventory in inventories.items()} == settings_before
    assert {dc: content_of(inventory) for dc, inventory in inventories.items()} == content_before


def _up(session: TwinSession, stack: str, *, refresh: bool) -> StackReport:
    tally = EventTally(stack)
    session.workspace.up(stack, tally.take, refresh=refresh)
    return tally.report(Outcome.SUCCEEDED)


def _joined(inventory: VCenterInventory) -> dict[str, str]:
    return {name: text for name, text in settings(inventory).items() if name in ("hosts", "root pool")}


def _assert_used(inventories: dict[str, VCenterInventory]) -> None:
    for inventory in inventories.values():
        assert inventory.names(vim.Datacenter) == [DATACENTER]
        assert inventory.names(vim.ClusterComputeResource) == [CLUSTER]
    lac = inventories[LAC.id]
    assert "lac-admin" not in lac.port_groups()
    assert "lac-1-pessac-1" not in lac.port_groups()
    in_communes = [point_of_presence_name(commune) for commune in TERRITORY.model.communes if commune.vcenter == LAC.id]
    assert lac.names(vim.DistributedVirtualSwitch) == ["old-fabric", "old-interconnect", *in_communes]
    with lac.content() as content:
        plugged = {
            machine.name: {network.name for network in machine.network} for machine in view(content, vim.VirtualMachine)
        }
    assert plugged["lac-bastion"] == {ZONE_GROUP}
    assert plugged["lac-router-1"] == {ZONE_GROUP, CIRCUIT_GROUP, "lac-1-pessac-2", "ring-north-lac-1"}
    assert plugged["lac-router-2"] == {ZONE_GROUP, "lac-2-pessac-2", "lac-2-pessac-1"}
