"""`world.yaml` and `credentials.yaml`: derived, stable, private."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from operations.worlds.world import (
    account_id,
    forget_world,
    imagined_world,
    instance_uuid,
    prepare_world,
    world_document,
    world_files,
)
from operations.yaml_files import read_mapping
from territory.loader import load_territory
from territory.model import EsxiHost, Territory
from territory.topology import paths_of_site


@pytest.fixture(scope="module")
def sandbox() -> Territory:
    return load_territory("sandbox")


def choose(_purpose: str, taken: Collection[int]) -> int:
    return max([20000, *taken]) + 1


def test_every_host_of_the_territory_is_in_the_world_with_its_cards_on_its_fibres(sandbox: Territory) -> None:
    ports = {place.id: 20000 + number for number, place in enumerate((*sandbox.datacenters, *sandbox.cloud_regions))}
    document = world_document(sandbox, ports)

    assert [vcenter["id"] for vcenter in document["vcenters"]] == [datacenter.id for datacenter in sandbox.datacenters]
    for vcenter, datacenter in zip(document["vcenters"], sandbox.datacenters, strict=True):
        mine = [host for host in vcenter["hosts"] if not host["name"].startswith("pop-")]
        assert [host["name"] for host in mine] == [host.name for host in datacenter.hosts]
        assert vcenter["datastores"][0]["name"] == datacenter.datastore
        assert vcenter["templates"][0]["name"] == datacenter.template
        for host in mine:
            assert [card["device"] for card in host["nics"]] == ["vmnic0", "vmnic1", "vmnic2", "vmnic3", "vmnic4"]
            assert [card["fibre"] for card in host["nics"]] == [
                f"{datacenter.id}-lan-a",
                f"{datacenter.id}-lan-b",
                *(path.id for path in paths_of_site(sandbox, datacenter)),
            ]


def test_a_site_reaches_only_the_fibres_of_its_own_links_in_declared_order(sandbox: Territory) -> None:
    lac, pessac = sandbox.datacenters
    assert [path.id for path in paths_of_site(sandbox, lac)] == ["garonne-north", "garonne-south", "ring-north"]
    assert [path.id for path in paths_of_site(sandbox, pessac)] == ["garonne-north", "garonne-south", "ring-south"]

    straight = sandbox.model_copy(update={"circuits": tuple(c for c in sandbox.circuits if c.path == "garonne-north")})
    assert [path.id for path in paths_of_site(straight, lac)] == ["garonne-north", "ring-north"]


def test_ports_and_passwords_are_chosen_once_and_kept(sandbox: Territory, tmp_path: Path) -> None:
    first = prepare_world(tmp_path, sandbox, choose)
    second = prepare_world(tmp_path, sandbox, choose)

    assert first.vcenters == second.vcenters
    assert first.clouds == second.clouds
    assert len({vcenter.server for vcenter in first.vcenters.values()}) == len(sandbox.datacenters)
    assert len({vcenter.password for vcenter in first.vcenters.values()}) == len(sandbox.datacenters)


def test_two_worlds_of_one_state_directory_never_share_a_port(sandbox: Territory, tmp_path: Path) -> None:
    other = sandbox.model_copy(update={"name": "elsewhere"})
    worlds = [prepare_world(tmp_path, territory, choose) for territory in (sandbox, other)]
    servers = {vcenter.server for world in worlds for vcenter in world.vcenters.values()}
    servers |= {cloud.endpoint.removeprefix("http://") for world in worlds for cloud in world.clouds.values()}
    assert len(servers) == 6


def test_a_host_added_to_the_territory_enters_the_world_and_moves_nothing_else(
    sandbox: Territory, tmp_path: Path
) -> None:
    before = prepare_world(tmp_path, sandbox, choose)
    lac = sandbox.datacenters[0]
    added = EsxiHost(name="lac-esxi-99", feed=lac.feeds[0], cpu_cores=8, memory_gib=64)
    larger = sandbox.model_copy(
        update={"datacenters": (lac.model_copy(update={"hosts": (*lac.hosts, added)}), *sandbox.datacenters[1:])}
    )
    after = prepare_world(tmp_path, larger, choose)

    assert after.vcenters == before.vcenters
    hosts = read_mapping(world_files(tmp_path, "sandbox").world)["vcenters"][0]["hosts"]
    assert [host["name"] for host in hosts] == [*(host.name for host in lac.hosts), "lac-esxi-99", "pop-33063"]


def test_a_commune_has_a_host_with_a_disk_of_its_own_and_a_card_on_each_path(sandbox: Territory) -> None:
    ports = {place.id: 20000 + n for n, place in enumerate((*sandbox.datacenters, *sandbox.cloud_regions))}
    lac, pessac = world_document(sandbox, ports)["vcenters"]
    assert [store["name"] for store in pessac["datastores"]] == ["pessac-san-1", "pop-33318-local"]
    assert lac["hosts"][-1] == {
        "name": "pop-33063",
        "cpu_cores": 8,
        "memory_gib": 32,
        "feed": "commune-33063-mains",
        "datastores": ["pop-33063-local"],
        "templates": [],
        "nics": [
            {"device": "vmnic0", "fibre": "commune-33063-lan"},
            {"device": "vmnic1", "fibre": "ring-south"},
            {"device": "vmnic2", "fibre": "ring-north"},
        ],
    }


def test_only_the_owner_can_read_the_passwords_and_no_other_file_holds_them(sandbox: Territory, tmp_path: Path) -> None:
    world = prepare_world(tmp_path, sandbox, choose)
    files = world_files(tmp_path, "sandbox")

    assert files.credentials.stat().st_mode & 0o777 == 0o600
    for vcenter in world.vcenters.values():
        assert vcenter.password not in files.world.read_text()
        assert vcenter.password not in repr(vcenter)
        assert vcenter.host_password not in repr(world)
    for cloud in world.clouds.values():
        assert cloud.secret_access_key not in files.world.read_text()
        assert cloud.secret_access_key not in repr(world)


def test_passwords_that_others_could_read_are_closed_again(sandbox: Territory, tmp_path: Path) -> None:
    prepare_world(tmp_path, sandbox, choose)
    credentials = world_files(tmp_path, "sandbox").credentials
    credentials.chmod(0o644)

    prepare_world(tmp_path, sandbox, choose)

    assert credentials.stat().st_mode & 0o777 == 0o600


def test_a_forgotten_world_comes_back_with_other_passwords(sandbox: Territory, tmp_path: Path) -> None:
    before = prepare_world(tmp_path, sandbox, choose)
    forget_world(tmp_path, "sandbox")
    assert not world_files(tmp_path, "sandbox").directory.exists()
    after = prepare_world(tmp_path, sandbox, choose)
    assert before.vcenters["lac"].password != after.vcenters["lac"].password


def test_a_simulated_vcenter_has_the_same_identity_on_every_machine() -> None:
    assert instance_uuid("sandbox", "lac") == instance_uuid("sandbox", "lac")
    assert len({instance_uuid(t, d) for t in ("sandbox", "bordeaux") for d in ("lac", "pessac")}) == 4


def test_every_cloud_region_is_an_account_that_no_real_one_can_be(sandbox: Territory) -> None:
    (cloud,) = world_document(sandbox, {"lac": 1, "pessac": 2, "cloud-paris": 3})["clouds"]
    region = {"id": "cloud-paris", "region": "eu-west-3", "image": sandbox.cloud_regions[0].image}
    assert cloud == {**region, "account_id": account_id("sandbox"), "port": 3}
    assert len(cloud["account_id"]) == 12
    assert cloud["account_id"].startswith("0000")
    assert account_id("sandbox") != account_id("bordeaux")


def test_the_world_of_a_plan_is_nowhere(sandbox: Territory) -> None:
    assert all(cloud.endpoint.endswith(".invalid") for cloud in imagined_world(sandbox).clouds.values())
    assert all(vcenter.server.endswith(".invalid") for vcenter in imagined_world(sandbox).vcenters.values())
