"""The points of presence: where they stand, what they are wired to, and that none knows of another."""

from __future__ import annotations

import json
from base64 import b64decode

import pytest

from components.communes.territory_network import TerritoryNetwork, TerritoryNetworkArgs
from components.datacenters.interconnect import SinglePointOfFailureError
from territory.model import Territory
from tests.unit.components.example import example
from tests.unit.components.recorder import Recorder, deploy
from tests.unit.components.standing import provider, standing_site

TAGS = ["lac:commune:33063", "lac:criticality:vital", "lac:placement:private"]


def _territory(*insee: str) -> Territory:
    territory = example()
    first = territory.communes[0]
    others = tuple(
        first.model_copy(update={"insee": code, "name": f"Commune {code}", "vcenter": vcenter})
        for code, vcenter in zip(insee, ("pessac", "lac"), strict=False)
    )
    return territory.model_copy(update={"communes": (first, *others)})


def _deploy(territory: Territory, *, preview: bool = False, protect: bool = False) -> Recorder:
    vcenters = {commune.vcenter for commune in territory.communes}

    def program() -> None:
        TerritoryNetwork(
            "network",
            TerritoryNetworkArgs(
                territory=territory,
                communes=territory.communes,
                providers={dc: provider(dc) for dc in sorted(vcenters)},
                sites={dc.id: standing_site(territory, dc.id) for dc in territory.datacenters},
                host_passwords=dict.fromkeys(vcenters, "root-password"),
                protect_state=protect,
            ),
        )

    return deploy(program, preview=preview)


@pytest.fixture(scope="module")
def made() -> Recorder:
    return _deploy(_territory())


def test_the_hypervisor_stands_alone_in_the_datacenter_of_its_vcenter(made: Recorder):
    assert made["commune-33063-host"].inputs == {
        "hostname": "pop-33063",
        "datacenter": "lac:datacenter",
        "username": "root",
        "password": "secret(root-password)",
        "lockdown": "normal",
        "tags": TAGS,
    }


def test_its_switch_has_one_uplink_into_the_commune_and_one_for_each_path(made: Recorder):
    switch = made["commune-33063-switch"].inputs
    assert switch["name"] == "pop-33063"
    assert switch["uplinks"] == switch["activeUplinks"] == ["local", "ring", "south"]
    assert switch["hosts"] == [{"hostSystemId": "commune-33063-host:id", "devices": ["vmnic0", "vmnic1", "vmnic2"]}]
    assert switch["tags"] == TAGS


def test_each_segment_has_one_way_out(made: Recorder):
    assert [
        (group.inputs["name"], group.inputs["vlanId"], group.inputs["activeUplinks"], group.inputs["standbyUplinks"])
        for group in made.of("DistributedPortGroup")
    ] == [
        ("commune-33063-admin", 100, ["local"], []),
        ("commune-33063-services", 110, ["local"], []),
        ("commune-33063-iot", 140, ["local"], []),
        ("commune-33063-ring-lac-1", 2001, ["ring"], []),
        ("commune-33063-south-pessac-1", 2002, ["south"], []),
    ]
    assert {group.inputs["teamingPolicy"] for group in made.of("DistributedPortGroup")} == {"failover_explicit"}


def test_the_router_runs_on_the_hypervisor_and_its_disk(made: Recorder):
    router = made["commune-33063-router-vm"].inputs
    assert router["resourcePoolId"] == "pop-33063:pool"
    assert router["datastoreId"] == "pop-33063-local:id"
    assert router["clone"] == {"templateUuid": "lac:template"}
    assert router["folder"] == "platform/communes"
    assert router["tags"] == TAGS


def test_the_router_is_on_both_access_networks_and_the_gateway_of_each_zone(made: Recorder):
    router = made["commune-33063-router-vm"].inputs
    told = json.loads(b64decode(router["extraConfig"]["guestinfo.metadata"]))["network"]["ethernets"]
    cards = [(card["networkId"], card["macAddress"]) for card in router["networkInterfaces"]]
    assert [(*card, *told[f"nic{n}"]["addresses"]) for n, card in enumerate(cards)] == [
        ("commune-33063-access-ring-lac-1:id", "00:50:56:20:14:3f", "10.32.20.63/20"),
        ("commune-33063-access-south-pessac-1:id", "00:50:56:20:24:3f", "10.32.36.63/20"),
        ("commune-33063-zone-admin:id", "00:50:56:30:04:3f", "10.67.240.1/23"),
        ("commune-33063-zone-services:id", "00:50:56:32:04:3f", "10.67.242.1/23"),
        ("commune-33063-zone-iot:id", "00:50:56:38:04:3f", "10.67.248.1/23"),
    ]
    assert not any("routes" in card for card in told.values())


def test_what_holds_state_is_protected_in_production():
    made = _deploy(_territory(), protect=True)
    protected = [r.name for r in made.registrations if r.protect]
    assert protected == ["commune-33063-host", "commune-33063-switch"]


@pytest.mark.parametrize("preview", [False, True])
def test_a_commune_more_changes_no_other(preview: bool):
    before = {r.name: r for r in _deploy(_territory("33318"), preview=preview).registrations}
    after = {r.name: r for r in _deploy(_territory("33318", "33522"), preview=preview).registrations}
    assert {name: after[name].inputs for name in before} == {name: r.inputs for name, r in before.items()}
    added = {name for name in after if name not in before}
    assert added
    assert all(name.startswith("commune-33522") for name in added)


@pytest.mark.parametrize("preview", [False, True])
def test_every_child_names_the_vcenter_that_manages_its_commune(preview: bool):
    territory = _territory("33318", "33522")
    managing = {commune.slug: commune.vcenter for commune in territory.communes}
    children = [r for r in _deploy(territory, preview=preview).registrations if r.name.startswith("commune-")]
    assert children
    for child in children:
        assert child.parent, child.name
        if child.custom:
            assert child.provider == f"vcenter-{managing['-'.join(child.name.split('-')[:2])]}", child.name


def test_a_commune_that_one_loss_cuts_off_is_refused():
    territory = _territory()
    alone = territory.communes[0].model_copy(update={"access": ("ring-lac-1",)})
    with pytest.raises(SinglePointOfFailureError) as caught:
        _deploy(territory.model_copy(update={"communes": (alone,)}))
    assert str(caught.value).startswith(
        "the network of example is refused\n- commune 33063 Bordeaux does not reach every datacenter after the loss of "
    )
