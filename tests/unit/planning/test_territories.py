"""The territories' own stacks, planned for real: deterministic, silent about secrets, the same for real and twin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from operations.deployment.enrolment import enrol
from operations.deployment.stack_configuration import twin_configuration
from operations.territories import choose_territory
from operations.worlds.world import account_id, imagined_world
from operations.yaml_files import read_mapping
from planning.difference import Kind, difference
from planning.errors import PlanningError
from planning.offline import plan_territory
from planning.plan import Plan
from planning.values import UNKNOWN, FingerprintKey
from stacks.layers import stacks_of
from territory.loader import load_territory

CONFIG = Path(__file__).resolve().parents[3] / "stacks/config"
KEY = FingerprintKey(b"a key for tests")
PASSWORDS = ("hunter2-vcenter", "hunter2-host")


def twin(territory: str, stacks: list[str] | None = None) -> Plan:
    chosen = choose_territory(territory)
    world = imagined_world(chosen.model)
    configurations = [twin_configuration(chosen, stack, world) for stack in stacks_of(chosen.model)]
    return plan_territory(territory, {each.stack: each.offline() for each in configurations}, stacks, key=KEY)


def adopting(territory: str, existing: dict[str, object]) -> Plan:
    chosen = choose_territory(territory)
    world = imagined_world(chosen.model)
    configurations = [twin_configuration(chosen, stack, world) for stack in stacks_of(chosen.model)]
    return plan_territory(
        territory, {each.stack: {**each.offline(), "metropole:existing": existing} for each in configurations}
    )


def real(territory: str, changes: Mapping[str, object] | None = None) -> Plan:
    configurations: dict[str, dict[str, object]] = {}
    for stack in stacks_of(choose_territory(territory).model):
        secrets = {
            f"metropole:{key}": {dc: {"secure": f"{password}-{dc}"} for dc in ("lac", "pessac")}
            for key, password in zip(("vcenterPasswords", "hostPasswords"), PASSWORDS, strict=True)
        }
        configurations[stack.name] = {
            **read_mapping(CONFIG / f"Pulumi.{stack.name}.yaml")["config"],
            **secrets,
            **(changes or {}),
        }
    return plan_territory(territory, configurations, key=KEY)


@pytest.fixture(scope="module")
def sandbox() -> Plan:
    return twin("sandbox")


def test_two_runs_agree_to_the_byte(sandbox: Plan) -> None:
    assert twin("sandbox").to_json() == sandbox.to_json()


def test_every_resource_names_its_provider_and_its_place(sandbox: Plan) -> None:
    deployable = [resource for stack in sandbox.stacks for resource in stack.deployable]
    assert len(deployable) > 50
    for resource in deployable:
        assert resource.provider_urn is not None
        assert "::default" not in resource.provider_urn
        assert resource.source is not None
        assert resource.source.file.startswith(("components/", "stacks/"))


def test_part_of_a_territory_brings_what_it_reads_from(sandbox: Plan) -> None:
    part = twin("sandbox", ["sandbox-network"])
    assert [stack.name for stack in part.stacks] == ["sandbox-datacenters", "sandbox-network"]
    assert part.stack("sandbox-network") == sandbox.stack("sandbox-network")
    with pytest.raises(PlanningError, match="there is no stack 'sandbox-nowhere'") as refused:
        twin("sandbox", ["sandbox-nowhere"])
    assert "sandbox-datacenters" in str(refused.value)


def test_what_is_adopted_is_known_to_the_stacks_downstream_beside_what_is_not() -> None:
    services = adopting("sandbox", {"lac": {"datacenterId": "datacenter-2"}}).stack("sandbox-services")
    folders = [r for r in services.deployable if r.type == "vsphere:index/folder:Folder"]
    found = {(r.name.split("-")[0], json.dumps(r.inputs["datacenterId"])) for r in folders}
    assert found == {("lac", '"datacenter-2"'), ("pessac", json.dumps(UNKNOWN))}
    assert all(tag == UNKNOWN for folder in folders for tag in folder.inputs["tags"])


def test_no_password_is_in_the_plan() -> None:
    written = real("bordeaux").to_json()
    for password in PASSWORDS:
        assert password not in written


def test_real_and_twin_differ_in_what_is_configured_and_nowhere_else() -> None:
    # Names and policies hold the account, the environment decides what is kept, gateways enrol where they are: with
    # all of it the same, who is asked is all that differs.
    account = {"accountId": account_id("bordeaux")}
    territory = load_territory("bordeaux")
    same = {
        "metropole:environment": "rehearsal",
        "metropole:cloud": {"cloud-paris": account},
        "metropole:signingRequests": str(enrol(territory, territory.edge_sites)),
    }
    before, after = twin("bordeaux"), real("bordeaux", same)
    found = difference(before, after)
    assert found.secrets_compared
    assert (found.added, found.removed, found.moved, found.outputs) == ((), (), (), {})
    declared = {
        ("pulumi:providers:vsphere", "inputs.vsphereServer", Kind.CHANGED),
        ("pulumi:providers:vsphere", "inputs.allowUnverifiedSsl", Kind.CHANGED),
        ("pulumi:providers:vsphere", "inputs.password", Kind.SECRET),
        ("vsphere:index/host:Host", "inputs.password", Kind.SECRET),
        ("pulumi:providers:aws", "inputs.accessKey", Kind.REMOVED),
        ("pulumi:providers:aws", "inputs.secretKey", Kind.REMOVED),
        ("pulumi:providers:aws", "inputs.endpoints", Kind.REMOVED),
        ("pulumi:providers:aws", "inputs.s3UsePathStyle", Kind.REMOVED),
        ("pulumi:providers:metropole", "inputs.sshConfig", Kind.CHANGED),
        ("pulumi:providers:metropole", "inputs.evidenceDirectory", Kind.CHANGED),
        ("pulumi:providers:metropole", "inputs.journalAuthority", Kind.CHANGED),
        ("pulumi:providers:metropole", "inputs.deadlineSeconds", Kind.REMOVED),
        # Whose ssh key is let in.
        ("vsphere:index/virtualMachine:VirtualMachine", 'inputs.extraConfig["guestinfo.userdata"]', Kind.CHANGED),
        ("aws:ec2/instance:Instance", "inputs.userData", Kind.CHANGED),
    }
    types = {resource.urn: resource.type for stack in after.stacks for resource in stack.resources}
    changed = {(types[each.urn], change.path, change.kind) for each in found.changed for change in each.changes}
    assert changed == declared


def test_production_protects_what_holds_state_in_every_layer() -> None:
    protected = {
        stack.name: sum(1 for resource in stack.resources if resource.options.protect)
        for stack in real("bordeaux").stacks
    }
    stateless = {
        name
        for name in protected
        if name in ("bordeaux-network", "bordeaux-hosts") or name.startswith("bordeaux-edge-")
    }
    assert [protected.pop(name) for name in stateless] == [0] * len(stateless)
    assert all(protected.values()), protected
