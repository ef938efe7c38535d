from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest

from components.datacenters.service_hosts import ServiceHosts, ServiceHostsArgs
from tests.unit.components.example import example
from tests.unit.components.recorder import Recorder, deploy
from tests.unit.components.standing import provider, standing_site

TERRITORY = example()


def _deploy(dc: str = "lac", *, preview: bool = False, protect: bool = False) -> Recorder:
    def program() -> None:
        ServiceHosts(
            f"{dc}-services",
            ServiceHostsArgs(
                provider=provider(dc),
                territory=TERRITORY,
                datacenter=next(d for d in TERRITORY.datacenters if d.id == dc),
                site=standing_site(TERRITORY, dc),
                protect_state=protect,
            ),
        )

    return deploy(program, preview=preview)


def _told(inputs: Any) -> Any:
    return json.loads(b64decode(inputs["extraConfig"]["guestinfo.metadata"]))["network"]["ethernets"]["nic0"]


def test_private_assets_of_the_site_have_their_guests():
    recorder = _deploy()

    assert [guest.inputs["name"] for guest in recorder.of("VirtualMachine")] == [
        "lac-water-db-1",
        "lac-water-db-2",
        "lac-water-web-1",
    ]
    web = recorder["lac-services-water-web-1-vm"]
    assert web.inputs["folder"] == "services/water"
    assert web.inputs["resourcePoolId"] == "lac:vital"
    assert (web.inputs["numCpus"], web.inputs["memory"]) == (1, 512)
    assert web.inputs["networkInterfaces"][0]["networkId"] == "lac:dmz"
    assert web.inputs["tags"] == ["lac:service:water", "lac:criticality:vital", "lac:placement:private"]
    assert _told(web.inputs)["addresses"] == ["10.1.48.72/20"]
    assert _told(web.inputs)["routes"] == [{"to": "0.0.0.0/0", "via": "10.1.48.1"}]
    assert "lac-services-folder-water" in web.depends_on


def test_a_service_has_a_folder_where_it_has_guests():
    assert [folder.inputs for folder in _deploy().of("Folder")] == [
        {
            "path": "services/water",
            "type": "vm",
            "datacenterId": "lac:datacenter",
            "tags": ["lac:service:water", "lac:criticality:vital"],
        }
    ]


def test_what_a_commune_owns_carries_its_tag():
    app = _deploy("pessac")["pessac-services-registry-app-1-vm"]
    assert app.inputs["tags"] == [
        "pessac:service:registry",
        "pessac:criticality:standard",
        "pessac:placement:private",
        "pessac:commune:33063",
    ]


def test_replicas_never_share_a_host():
    assert [rule.inputs for rule in _deploy().of("ComputeClusterVmAntiAffinityRule")] == [
        {
            "name": "lac-water-db-apart",
            "computeClusterId": "lac:cluster",
            "virtualMachineIds": ["lac-services-water-db-1-vm:id", "lac-services-water-db-2-vm:id"],
            "mandatory": True,
        }
    ]


def test_only_the_data_zone_is_protected_in_production():
    protected = [resource.name for resource in _deploy(protect=True).registrations if resource.protect]
    assert protected == ["lac-services-water-db-1-vm", "lac-services-water-db-2-vm"]


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("dc", ["lac", "pessac"])
def test_every_child_names_its_vcenter_and_has_a_parent(dc: str, preview: bool):
    recorder = _deploy(dc, preview=preview)
    children = [r for r in recorder.registrations if r.name not in {f"vcenter-{dc}", f"{dc}-services"}]

    assert {child.provider for child in children if child.custom} == {f"vcenter-{dc}"}
    assert all(child.name.startswith(f"{child.parent}-") for child in children)
