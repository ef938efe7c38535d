"""The sandbox from nothing to everything and back, through `metro` and through plain `pulumi`."""

from __future__ import annotations

import json

import pytest
from pyVmomi import vim

from operations.deployment.schedule import without_hosts
from stacks.layers import stacks_of
from territory.loader import load_territory
from territory.naming import point_of_presence_name
from tests.twin.operations.exactly_once import assert_exactly_one_each
from tests.twin.operations.inventory import find, wait_for
from tests.twin.operations.metro import Metro

pytestmark = pytest.mark.api
TERRITORY = load_territory("sandbox")
HOSTS = "sandbox-hosts"
STACKS = [stack.name for stack in without_hosts(stacks_of(TERRITORY))]


def test_a_second_up_changes_nothing(deployed: Metro) -> None:
    answer = deployed.succeed("up", "-t", "sandbox")
    assert answer.json["tier"] == "api"
    assert answer.json["territory"] == "sandbox"
    assert answer.json["changes"] == 0
    assert [stack["name"] for stack in answer.json["stacks"]] == STACKS
    assert all(stack["unchanged"] > 0 for stack in answer.json["stacks"])


def test_the_vcenters_hold_exactly_what_was_declared_each_its_own(deployed: Metro) -> None:
    assert_exactly_one_each(deployed, STACKS)
    for name, inventory in deployed.vcenters().items():
        assert inventory.names(vim.Datacenter) == [name]
        in_communes = {point_of_presence_name(commune) for commune in TERRITORY.communes if commune.vcenter == name}
        hosts = set(inventory.names(vim.HostSystem))
        assert in_communes <= hosts
        assert all(host.startswith(name) for host in hosts - in_communes)
        other = {"lac": "pessac", "pessac": "lac"}[name]
        assert not [guest for guest in inventory.guests() if guest.startswith(other)]


def test_plain_pulumi_sees_a_stack_that_is_as_declared(deployed: Metro) -> None:
    for stack in STACKS:
        preview = deployed.pulumi("preview", "-s", stack, "--json", "--non-interactive")
        assert preview.returncode == 0, preview.stderr
        assert set(json.loads(preview.stdout)["changeSummary"]) == {"same"}


def test_the_shell_lines_work_and_hold_no_secret(deployed: Metro) -> None:
    answer = deployed.succeed("env", "-t", "sandbox")
    assert answer.json["stacks"] == [*STACKS, HOSTS]
    variables = answer.json["variables"]
    assert variables["PATH"].split(":")[0] == str(deployed.project.shim.parent)
    secrets = [deployed.project.passphrase.read_text().strip()]
    secrets += [inventory.password for inventory in deployed.vcenters().values()]
    assert not [secret for secret in secrets if secret in json.dumps(answer.json) or secret in answer.stderr]


def test_no_secret_stands_readable_in_any_file_of_the_stacks(deployed: Metro) -> None:
    secrets = [inventory.password.encode() for inventory in deployed.vcenters().values()]
    files = [
        path for part in ("project", "state", "pulumi-home", "logs") for path in (deployed.state / part).rglob("*")
    ]
    leaking = [path for path in files if path.is_file() and any(secret in path.read_bytes() for secret in secrets)]
    assert not leaking


def test_drift_is_seen_by_refresh_and_mended_by_up(deployed: Metro) -> None:
    lac = deployed.vcenters()["lac"]
    with lac.content() as content:
        guest = "lac-water-telemetry-collector-1"
        machine = find(content, vim.VirtualMachine, guest)
        if str(machine.runtime.powerState) == "poweredOn":
            wait_for(machine.PowerOffVM_Task())
        wait_for(machine.Destroy_Task())
        group = find(content, vim.dvs.DistributedVirtualPortgroup, "lac-data")
        declared_vlan = group.config.defaultPortConfig.vlan.vlanId
        wait_for(group.ReconfigureDVPortgroup_Task(with_vlan(group, 999)))
    with lac.rest() as session:
        tag = lac.tagging("tag")[0]
        declared_tag = session.get(f"{lac.address}/tagging/tag/id:{tag}", timeout=30).json()["value"]
        session.patch(
            f"{lac.address}/tagging/tag/id:{tag}",
            json={"update_spec": {"description": "changed behind its back"}},
            timeout=30,
        ).raise_for_status()

    seen = {
        step["urn"].rsplit("::", 1)[-1]: step["op"]
        for stack in STACKS
        for step in json.loads(deployed.pulumi("refresh", "-s", stack, "--preview-only", "--json").stdout)["steps"]
        if step["op"] not in ("same", "refresh")
    }
    assert {name: op for name, op in seen.items() if op == "delete"} == {guest_resource(guest): "delete"}
    # The anti-affinity rule that named the machine has lost a member, which is drift as well.
    assert sorted(op for op in seen.values() if op != "delete") == ["update"] * 3, seen
    assert seen["lac-switches-zone-data"] == "update"

    answer = deployed.succeed("up", "-t", "sandbox")

    assert answer.json["changes"] >= 3
    assert guest in lac.guests()
    with lac.content() as content:
        group = find(content, vim.dvs.DistributedVirtualPortgroup, "lac-data")
        assert group.config.defaultPortConfig.vlan.vlanId == declared_vlan
    with lac.rest() as session:
        mended = session.get(f"{lac.address}/tagging/tag/id:{tag}", timeout=30).json()["value"]
        assert mended["description"] == declared_tag["description"]
    assert_exactly_one_each(deployed, STACKS)
    assert deployed.succeed("up", "-t", "sandbox").json["changes"] == 0


def guest_resource(guest: str) -> str:
    """The resource that declares a service's guest."""
    site, _, rest = guest.partition("-")
    return f"{site}-services-{rest}-vm"


def with_vlan(group: vim.dvs.DistributedVirtualPortgroup, vlan: int) -> vim.dvs.DistributedVirtualPortgroup.ConfigSpec:
    """A change of a port group's VLAN and of nothing else."""
    setting = vim.dvs.VmwareDistributedVirtualSwitch.VlanIdSpec(vlanId=vlan, inherited=False)
    ports = vim.dvs.VmwareDistributedVirtualSwitch.VmwarePortConfigPolicy(vlan=setting)
    return vim.dvs.DistributedVirtualPortgroup.ConfigSpec(
        configVersion=group.config.configVersion, defaultPortConfig=ports
    )


def test_down_leaves_no_trace_and_nothing_running(deployed: Metro) -> None:
    """Last of all."""
    answer = deployed.succeed("down", "-t", "sandbox", "--keep-twin")

    deleted = {stack["name"]: stack["deleted"] > 0 for stack in answer.json["stacks"]}
    # `metro env` made the stack of hosts exist, and nothing was ever in it.
    assert deleted == {**dict.fromkeys(STACKS, True), HOSTS: False}
    for inventory in deployed.vcenters().values():
        assert not +inventory.counts()
        with inventory.content() as content:
            assert not content.rootFolder.childEntity
    assert not [stack for stack in STACKS if deployed.project.state_file(stack).exists()]
    assert not deployed.locks()

    deployed.succeed("down", "-t", "sandbox")
    assert deployed.succeed("twin", "status").json == {"running": False, "worlds": []}
