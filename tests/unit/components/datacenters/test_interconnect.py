from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from ipaddress import IPv4Interface

import pytest

from components.datacenters.interconnect import Interconnect, InterconnectArgs, SinglePointOfFailureError
from territory.model import Territory
from tests.unit.components.example import example
from tests.unit.components.recorder import Recorder, deploy
from tests.unit.components.standing import provider, standing_site


def _deploy(
    territory: Territory, *, preview: bool = False, existing: dict[str, dict[str, str]] | None = None
) -> Recorder:
    sites = [dc.id for dc in territory.datacenters]

    def program() -> None:
        Interconnect(
            "links",
            InterconnectArgs(
                territory=territory,
                providers={dc: provider(dc) for dc in sites},
                sites={dc: standing_site(territory, dc) for dc in sites},
                existing_network_ids=existing or {},
            ),
        )

    return deploy(program, preview=preview)


@pytest.fixture(scope="module")
def made() -> Recorder:
    return _deploy(example())


def test_each_circuit_is_a_port_group_on_both_vcenters_and_an_access_network_on_one_with_one_way_out(made: Recorder):
    groups = made.of("DistributedPortGroup")

    assert [(group.provider, group.inputs) for group in groups] == [
        (
            f"vcenter-{dc}",
            {
                "name": link,
                "distributedVirtualSwitchUuid": f"{dc}:interconnect",
                "vlanId": vlan,
                "teamingPolicy": "failover_explicit",
                "activeUplinks": [path],
                "standbyUplinks": [],
                "allowPromiscuous": False,
                "allowForgedTransmits": False,
                "allowMacChanges": False,
            },
        )
        for dc, access in (("lac", ("ring-lac-1", 2001, "ring")), ("pessac", ("south-pessac-1", 2002, "south")))
        for link, vlan, path in (
            ("lac-1-pessac-1", 1001, "north"),
            ("lac-1-pessac-2", 1002, "south"),
            ("lac-2-pessac-1", 1003, "south"),
            ("lac-2-pessac-2", 1004, "north"),
            access,
        )
    ]


def test_a_router_has_a_card_in_the_admin_zone_and_one_on_each_of_its_circuits(made: Recorder):
    router = made["links-pessac-router-2-vm"]

    assert router.provider == "vcenter-pessac"
    assert router.inputs["name"] == "pessac-router-2"
    assert router.inputs["folder"] == "platform/network"
    assert router.inputs["tags"] == [
        "pessac:commune:33063",
        "pessac:criticality:vital",
        "pessac:placement:private",
    ]
    assert [(card["networkId"], card["macAddress"]) for card in router.inputs["networkInterfaces"]] == [
        ("pessac:admin", "00:50:56:02:00:0c"),
        ("links-pessac-lac-1-pessac-2:id", "00:50:56:10:00:05"),
        ("links-pessac-lac-2-pessac-2:id", "00:50:56:10:00:09"),
    ]
    told = json.loads(b64decode(router.inputs["extraConfig"]["guestinfo.metadata"]))
    assert [card["addresses"] for card in told["network"]["ethernets"].values()] == [
        ["10.2.0.12/20"],
        ["10.32.0.5/31"],
        ["10.32.0.9/31"],
    ]
    assert [card["mtu"] for card in told["network"]["ethernets"].values()] == [1500, 9000, 9000]


def test_a_router_has_a_card_on_each_of_its_access_networks(made: Recorder):
    router = made["links-lac-router-1-vm"]

    card = router.inputs["networkInterfaces"][-1]
    assert (card["networkId"], card["macAddress"]) == ("links-lac-ring-lac-1:id", "00:50:56:20:10:01")
    told = json.loads(b64decode(router.inputs["extraConfig"]["guestinfo.metadata"]))
    assert told["network"]["ethernets"]["nic3"]["addresses"] == ["10.32.16.1/20"]
    assert told["network"]["ethernets"]["nic3"]["mtu"] == 9000


def test_a_commune_more_changes_nothing(made: Recorder):
    territory = example()
    more = territory.communes[0].model_copy(update={"insee": "33318", "name": "Pessac"})
    after = _deploy(territory.model_copy(update={"communes": (*territory.communes, more)}))
    assert {r.name: r.inputs for r in after.registrations} == {r.name: r.inputs for r in made.registrations}


def test_the_two_ends_of_a_circuit_share_a_subnet_and_no_address(made: Recorder):
    circuits = sorted(circuit.id for circuit in example().circuits)
    ends: dict[str, list[tuple[str, IPv4Interface]]] = {}
    for router in made.of("VirtualMachine"):
        told = json.loads(b64decode(router.inputs["extraConfig"]["guestinfo.metadata"]))["network"]["ethernets"]
        for number, card in enumerate(router.inputs["networkInterfaces"]):
            _, _, circuit = card["networkId"].removesuffix(":id").partition("links-")
            if circuit.split("-", 1)[-1] in circuits:
                interface = IPv4Interface(told[f"nic{number}"]["addresses"][0])
                ends.setdefault(circuit.split("-", 1)[1], []).append((card["macAddress"], interface))

    assert sorted(ends) == circuits
    for (mac, interface), (other_mac, other) in ends.values():
        assert interface.network == other.network
        assert interface != other
        assert mac != other_mac


def test_the_routers_of_a_site_never_share_a_host_and_stay_on_their_feed(made: Recorder):
    assert made["links-lac-apart"].inputs == {
        "name": "lac-routers-apart",
        "computeClusterId": "lac:cluster",
        "virtualMachineIds": ["links-lac-router-1-vm:id", "links-lac-router-2-vm:id"],
        "mandatory": True,
    }
    assert {"links-lac-stays-on-feed-a", "links-lac-stays-on-feed-b"} <= made["links-lac-apart"].depends_on
    assert made["links-lac-on-feed-b"].inputs == {
        "name": "lac-routers-feed-b",
        "computeClusterId": "lac:cluster",
        "virtualMachineIds": ["links-lac-router-2-vm:id"],
    }
    assert made["links-lac-stays-on-feed-b"].inputs == {
        "name": "lac-routers-feed-b",
        "computeClusterId": "lac:cluster",
        "vmGroupName": "lac-routers-feed-b",
        "affinityHostGroupName": "lac-feed-b",
        "mandatory": True,
    }


def test_an_existing_port_group_carries_its_circuit():
    recorder = _deploy(example(), existing={"lac": {"lac-1-pessac-1": "dvportgroup-7"}})

    assert "links-lac-lac-1-pessac-1" not in [r.name for r in recorder.registrations]
    assert "links-pessac-lac-1-pessac-1" in [r.name for r in recorder.registrations]
    assert recorder["links-lac-router-1-vm"].inputs["networkInterfaces"][1]["networkId"] == "dvportgroup-7"


@pytest.mark.parametrize(("sites", "routers"), [(2, 2), (2, 3), (3, 2), (3, 3)])
@pytest.mark.parametrize("preview", [False, True])
def test_nothing_but_the_data_says_how_many(sites: int, routers: int, preview: bool):
    territory = example(sites, routers)
    recorder = _deploy(territory, preview=preview)
    pairs = sites * (sites - 1) // 2

    assert len(territory.circuits) == pairs * routers**2
    assert len(recorder.of("DistributedPortGroup")) == 2 * len(territory.circuits) + len(territory.access_networks)
    assert len(recorder.of("VirtualMachine")) == sites * routers
    reached = Counter(network.router for network in territory.access_networks)
    assert {
        router.inputs["name"]: len(router.inputs["networkInterfaces"]) for router in recorder.of("VirtualMachine")
    } == {router.id: 1 + (sites - 1) * routers + reached[router.id] for router in territory.border_routers}
    assert [len(rule.inputs["virtualMachineIds"]) for rule in recorder.of("ComputeClusterVmAntiAffinityRule")] == [
        routers
    ] * sites


@pytest.mark.parametrize("preview", [False, True])
def test_every_child_names_its_own_sites_vcenter_and_has_a_parent(preview: bool):
    recorder = _deploy(example(3), preview=preview)
    children = [r for r in recorder.registrations if not r.type.startswith("pulumi:providers:") and r.name != "links"]

    assert [child.name for child in children if not child.parent] == []
    for child in children:
        if child.custom:
            site = child.name.removeprefix("links-").split("-")[0]
            assert child.provider == f"vcenter-{site}", child.name


def _with_paths(**paths: str) -> Territory:
    territory = example()
    circuits = tuple(
        circuit.model_copy(update={"path": paths.get(circuit.path, circuit.path)}) for circuit in territory.circuits
    )
    return territory.model_copy(update={"circuits": circuits})


def test_one_path_that_carries_everything_is_refused():
    with pytest.raises(SinglePointOfFailureError) as caught:
        _deploy(_with_paths(south="north"))

    text = str(caught.value)
    assert text.startswith("the interconnect of example is refused\n- ")
    assert (
        "both circuits of border router lac-router-1 (lac-1-pessac-1, lac-1-pessac-2) ride path north: "
        "cutting it isolates lac-router-1\n  remedy: Lead one of them over another path." in text
    )
    assert "datacenters lac and pessac do not survive the loss of path north or carrier atlantic" in text


def test_one_router_that_carries_everything_is_refused():
    territory = example()
    only_first = tuple(c for c in territory.circuits if "lac-router-1" in c.routers)

    with pytest.raises(SinglePointOfFailureError, match="do not survive the loss of border router lac-router-1"):
        _deploy(territory.model_copy(update={"circuits": only_first}))


def test_one_circuit_that_carries_everything_is_refused():
    territory = example()

    with pytest.raises(SinglePointOfFailureError, match="do not survive"):
        _deploy(territory.model_copy(update={"circuits": territory.circuits[:1]}))
