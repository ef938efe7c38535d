"""The whole program under mocks: every layer, as `pulumi preview` and `pulumi up` run it."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest

from stacks.layers import LAYERS, LayerStack, stacks_of
from territory.hosts import hosts
from territory.loader import load_territory
from tests.unit.components.recorder import Recorder, deploy
from tests.unit.stacks.configuration import configuration
from tests.unit.stacks.ungated import run

STACKS = {stack.name: stack for territory in ("sandbox", "bordeaux") for stack in stacks_of(load_territory(territory))}
SANDBOX = [name for name, stack in STACKS.items() if stack.territory == "sandbox"]


@cache
def _up(name: str, preview: bool = False) -> Recorder:
    stack = STACKS[name]
    upstream: dict[str, Any] = {}
    for below in stack.upstream:
        upstream = _merged(upstream, _up(below).outputs)
    return deploy(run, stack=name, config=_configuration(stack), upstream=upstream, preview=preview)


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The recorder answers for all upstream stacks at once; what two of them call alike has different keys."""
    both = {key: _merged(one[key], other[key]) for key in one.keys() & other.keys() if isinstance(one[key], dict)}
    return {**one, **other, **both}


def _configuration(stack: LayerStack) -> dict[str, object]:
    return configuration(stack.layer, territory=stack.territory, part=stack.part)


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_names_its_own_sites_provider(stack: str, preview: bool):
    resources = [
        r for r in _up(stack, preview).registrations if r.type.startswith(("vsphere:", "aws:", "metropole:hosts:"))
    ]
    managing = {commune.insee: commune.vcenter for commune in load_territory(STACKS[stack].territory).communes}

    assert resources
    assert [r.name for r in resources if not r.parent] == []
    for resource in resources:
        if resource.type.startswith("aws:"):
            assert resource.provider == "cloud-cloud-paris", resource.name
        elif resource.type.startswith("metropole:"):
            assert resource.provider == "automation", resource.name
        else:
            words = resource.name.removeprefix("interconnect-").split("-")
            site = managing[words[1]] if words[0] == "commune" else words[0]
            assert resource.provider == f"vcenter-{site}", resource.name


@pytest.mark.parametrize("stack", STACKS)
def test_no_two_resources_of_a_type_share_a_name(stack: str):
    keys = [(r.type, r.name) for r in _up(stack).registrations]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("stack", SANDBOX)
def test_every_component_registers_its_outputs_once(stack: str):
    recorder = _up(stack)
    components = [r.name for r in recorder.registrations if not r.custom]
    assert sorted(components) == sorted(name for name in recorder.finished if name)


@pytest.mark.parametrize("stack", SANDBOX)
def test_no_password_leaves_the_program_in_clear(stack: str):
    recorder = _up(stack)
    text = json.dumps([dict(r.inputs) for r in recorder.registrations]) + json.dumps(recorder.outputs)
    for password in ("lac-password", "pessac-password", "lac-root", "pessac-root", "hunter2-id", "hunter2-secret"):
        assert text.count(password) == text.count(f"secret({password})")
    assert "secret(" not in json.dumps(recorder.outputs)


def test_each_vcenter_has_a_provider_of_its_own():
    assert {
        p.name: p.inputs for p in _up("sandbox-services").registrations if p.type == "pulumi:providers:vsphere"
    } == {
        f"vcenter-{dc}": {
            "vsphereServer": f"vcenter.{dc}.example",
            "user": "metropole",
            "password": f"secret({dc}-password)",
            "allowUnverifiedSsl": "false",
        }
        for dc in ("lac", "pessac")
    }


@pytest.mark.parametrize("stack", ["sandbox-network", "sandbox-services"])
def test_layers_read_the_datacenters_by_one_name(stack: str):
    assert set(_up(stack).references) == {"organization/metropole/sandbox-datacenters"}


def test_what_a_layer_reads_is_what_the_layer_before_wrote():
    router = _up("sandbox-network")["interconnect-lac-router-1-vm"].inputs

    assert router["resourcePoolId"] == "lac-pool-vital:id"
    assert router["datastoreId"] == "lac-san-1:id"
    assert router["clone"] == {"templateUuid": "template-uuid"}
    assert router["guestId"] == "debian12_64Guest"
    assert router["disks"][0]["size"] == 8
    assert router["networkInterfaces"][0]["networkId"] == "lac-switches-zone-admin:id"
    assert router["tags"] == [
        "lac-tags-commune-33063:id",
        "lac-tags-criticality-vital:id",
        "lac-tags-placement-private:id",
    ]


def test_outputs_of_the_last_layers():
    assert _up("sandbox-network").outputs["routerIds"] == {
        router: f"interconnect-{router}-vm:id"
        for router in ("lac-router-1", "lac-router-2", "pessac-router-1", "pessac-router-2")
    }
    assert _up("sandbox-services").outputs["guestIds"]["lac-water-telemetry-db-1"] == (
        "lac-services-water-telemetry-db-1-vm:id"
    )


def test_every_host_is_on_the_machine_that_stands_for_it():
    machines = {host.inputs["host"]: host.inputs["machineId"] for host in _up("sandbox-hosts").of("HostBaseline")}
    assert set(machines) == {host.name for host in hosts(load_territory("sandbox"))}
    assert machines["lac-bastion"] == "lac-bastion-vm:id"
    assert machines["pessac-router-2"] == "interconnect-pessac-router-2-vm:id"
    assert machines["commune-33063-router"] == "commune-33063-router-vm:id"
    assert machines["lac-water-telemetry-db-1"] == "lac-services-water-telemetry-db-1-vm:id"
    assert machines["cloud-paris-open-data-portal-1"].endswith("open-data-portal-1:id")
    assert set(_up("sandbox-hosts").outputs["hosts"]) == set(machines)


def _refused(layer: str, **changes: Any) -> str:
    with pytest.raises(pulumi.RunError) as caught:
        deploy(run, stack=f"sandbox-{layer}", config=configuration(layer, **changes))
    return str(caught.value)


def test_a_stack_that_is_not_up_yet_is_named():
    text = _refused("network")
    assert 'unknown stack "organization/metropole/sandbox-datacenters"' in text
    assert text.endswith("\n  remedy: bring it up first: pulumi up --stack sandbox-datacenters")


def test_a_stack_that_is_empty_is_named():
    with pytest.raises(pulumi.RunError) as caught:
        deploy(run, stack="sandbox-services", config=configuration("services"), upstream={"other": 1})
    assert str(caught.value) == (
        "stack sandbox-datacenters has no output sites.lac.datacenterId\n"
        "  remedy: bring it up first: pulumi up --stack sandbox-datacenters"
    )


def test_an_unknown_territory_ends_as_a_message():
    assert 'there is no territory "sandbx"' in _refused("datacenters", territory="sandbx")


def test_a_layer_in_another_layers_stack_is_refused():
    with pytest.raises(pulumi.RunError) as caught:
        deploy(run, stack="sandbox-datacenters", config=configuration("services"))
    assert str(caught.value) == (
        "metropole:layer: layer services of territory sandbox belongs to the stack sandbox-services, "
        "this is sandbox-datacenters\n"
        "  remedy: pulumi config set metropole:layer datacenters --stack sandbox-datacenters"
    )


def test_layers_name_only_layers_before_them_and_are_one_word():
    seen: set[str] = set()
    for name, layer in LAYERS.items():
        assert name == layer.name
        assert name.isalpha()
        assert layer.same_part <= set(layer.upstream)
        assert set(layer.upstream) <= seen
        seen.add(name)


def test_listing_the_layers_imports_no_sdk():
    checkout = Path(__file__).parents[3]
    code = "import sys, stacks.layers; print([m for m in ('pulumi', 'pulumi_vsphere', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
