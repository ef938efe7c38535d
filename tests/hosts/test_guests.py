"""Machines that run: as declared, on the segments that were declared, and gone with their world."""

from __future__ import annotations

import base64
import json
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim

from operations.engine.engine import Engine
from operations.hosts.image import GoldenImage
from territory import hosts as declared
from territory.loader import load_territory
from tests.hosts.guests import BOOT_S, Guests, wait_until
from tests.twin.operations.conftest import metro_on_a_state_of_its_own
from tests.twin.operations.inventory import VCenterInventory, find
from twin.hosts.cgroups import cgroup_name, remove_dead_cgroups
from twin.hosts.report import GuestState

pytestmark = pytest.mark.hosts
TERRITORY = load_territory("sandbox")
HOSTS = {host.name: host for host in declared.hosts(TERRITORY) if host.layer != "services"}


def settle(task: Any) -> None:
    """Wait for a vCenter's task."""
    wait_until(lambda: task.info.state in ("success", "error"), 30)
    assert task.info.state == "success", task.info.error


def machine(content: Any, name: str) -> Any:
    return find(content, vim.VirtualMachine, name)


@contextmanager
def unfiltered(guests: Guests, *names: str) -> Generator[None]:
    """Without the firewalls of these guests, which let nothing in before they are told what to."""
    for name in names:
        guests.inside(name, "nft flush ruleset")
    try:
        yield
    finally:
        for name in names:
            guests.inside(name, "systemctl restart nftables")


def test_every_declared_host_runs_as_what_it_was_declared(guests: Guests) -> None:
    reports = guests.reports()
    assert set(reports) == set(HOSTS)
    for name, host in HOSTS.items():
        told = guests.inside(name, "hostname; id -un metropole; ip -json -4 address").splitlines()
        assert told[:2] == [name, "metropole"]
        addresses = {each["local"] for link in json.loads(told[2]) for each in link["addr_info"]}
        assert {str(way.address) for way in host.ways} <= addresses


def test_automation_gets_in_and_becomes_root(guests: Guests) -> None:
    # What is behind a jump host opens once that is hardened: until then it forwards nothing.
    for host in HOSTS.values():
        if host.ways[0].jump is None:
            assert guests.on(host.name, "hostname; id -un; sudo -n id -u").split() == [host.name, "metropole", "0"]
        else:
            assert guests.ssh(host.name, "true").returncode == 255


def test_the_vcenter_knows_the_address_its_guest_has(guests: Guests) -> None:
    with guests.metro.vcenters()["lac"].content() as content:
        guest = machine(content, "lac-bastion").guest
        assert guest.ipAddress == str(HOSTS["lac-bastion"].address)
        assert guest.hostName == "lac-bastion"
        assert guest.toolsRunningStatus == "guestToolsRunning"


def test_a_circuit_joins_its_two_routers_across_vcenters_and_nobody_else(guests: Guests) -> None:
    reports = guests.reports()
    ends = [name for name, report in reports.items() if "garonne-north.1001" in report.segments]
    assert sorted(ends) == ["lac-router-1", "pessac-router-1"]
    with unfiltered(guests, *ends):
        # Jumbo frames pass: nothing on the way is smaller than what was declared.
        assert "1 received" in guests.inside("lac-router-1", "ping -M do -s 8900 -c1 -W2 10.160.0.3")


def test_sites_do_not_reach_each_other_past_the_circuits(guests: Guests) -> None:
    with unfiltered(guests, "lac-bastion", "pessac-bastion"):
        sent = f"ping -c1 -W1 {HOSTS['pessac-bastion'].address} || true"
        assert "0 received" in guests.inside("lac-bastion", sent)
        assert "1 received" in guests.inside("lac-bastion", "ping -c1 -W2 10.129.0.1")


def test_power_off_and_on_keep_the_disk_and_the_host_key(guests: Guests) -> None:
    before = guests.reports()["lac-router-2"]
    guests.on("lac-router-2", "sudo touch /etc/kept")
    with guests.metro.vcenters()["lac"].content() as content:
        settle(machine(content, "lac-router-2").PowerOffVM_Task())
        wait_until(lambda: guests.reports()["lac-router-2"].state is GuestState.OFF, 30)
        assert guests.ssh("lac-router-2", "true").returncode != 0
        settle(machine(content, "lac-router-2").PowerOnVM_Task())
    guests.wait_running(["lac-router-2"])
    assert guests.reports()["lac-router-2"].host_key == before.host_key
    guests.on("lac-router-2", "test -e /etc/kept")


def test_a_host_that_is_lost_takes_its_guests_with_it_and_ha_starts_them_elsewhere(guests: Guests) -> None:
    with guests.metro.vcenters()["lac"].content() as content:
        bastion = machine(content, "lac-bastion")
        before = bastion.runtime.host
        guests.on("lac-bastion", "sudo touch /run/lost")
        settle(before.ShutdownHost_Task(force=True))
        assert bastion.runtime.host != before
        # What was only in its memory is gone.
        wait_until(lambda: guests.ssh("lac-bastion", "test ! -e /run/lost").returncode == 0, BOOT_S)
        settle(before.PowerUpHostFromStandBy_Task(60))
        # A router may only run on its own feed's host, so nobody could start it elsewhere.
        for vm in before.vm:
            if vm.name in HOSTS and vm.runtime.powerState == "poweredOff":
                settle(vm.PowerOnVM_Task())
    guests.wait_running(["lac-bastion", "lac-router-1", "lac-router-2"])
    assert guests.reports()["lac-bastion"].segments == ("lac-lan-a.100",)


def test_a_changed_host_key_is_refused_and_said(guests: Guests) -> None:
    key = "/etc/ssh/ssh_host_ed25519_key"
    another = f"cp -a {key} {key}.pub /root; rm {key}; ssh-keygen -q -N '' -t ed25519 -f {key}; systemctl restart ssh"
    guests.inside("pessac-router-2", another)
    refused = guests.ssh("pessac-router-2", "true")
    assert refused.returncode == 255
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in refused.stderr
    guests.inside("pessac-router-2", f"cp -a /root/{Path(key).name}* /etc/ssh && systemctl restart ssh")
    guests.on("pessac-router-2", "true")


HOSTILE = "x; touch /tmp/pwned $(touch /tmp/pwned) `touch /tmp/pwned` ' \" \n- ../../../tmp/pwned"


@pytest.fixture
def hostile(guests: Guests) -> Generator[str]:
    """A machine whose name and documents try everything; gone afterwards."""
    name = "evil $(touch :tmp:pwned);'\"`x`"
    user_data = f"#cloud-config\n{json.dumps({'hostname': HOSTILE, 'bootcmd': []})}"
    extra = {
        "guestinfo.metadata": base64.b64encode(json.dumps({"local-hostname": HOSTILE}).encode()).decode(),
        "guestinfo.metadata.encoding": "base64",
        "guestinfo.userdata": base64.b64encode(user_data.encode()).decode(),
        "guestinfo.userdata.encoding": "base64",
    }
    inventory: VCenterInventory = guests.metro.vcenters()["lac"]
    with inventory.content() as content:
        like = machine(content, "lac-bastion")
        spec = vim.vm.CloneSpec(
            location=vim.vm.RelocateSpec(pool=like.resourcePool),
            config=vim.vm.ConfigSpec(
                extraConfig=[vim.option.OptionValue(key=key, value=value) for key, value in extra.items()]
            ),
            powerOn=True,
        )
        settle(find(content, vim.VirtualMachine, "debian-12").CloneVM_Task(like.parent, name, spec))
        try:
            yield name
        finally:
            evil = machine(content, name)
            settle(evil.PowerOffVM_Task())
            settle(evil.Destroy_Task())
            wait_until(lambda: name not in guests.reports(), 30)


def test_names_and_documents_are_data_whatever_is_in_them(guests: Guests, hostile: str) -> None:
    wait_until(lambda: hostile in guests.reports(), 30)
    guests.wait_running([hostile])
    assert not Path("/tmp/pwned").exists()
    assert not Path(f"/proc/{guests.first_process(hostile)}/root/tmp/pwned").exists()
    assert hostile not in (guests.world / "hosts" / "known_hosts").read_text()
    # The others never noticed.
    guests.on("lac-bastion", "true")


def test_a_guest_that_is_told_garbage_runs_and_is_named(guests: Guests) -> None:
    with guests.metro.vcenters()["lac"].content() as content:
        bastion = machine(content, "lac-router-2")
        kept = {option.key: option.value for option in bastion.config.extraConfig}
        for value in ("%%%", kept["guestinfo.metadata"]):
            told = vim.option.OptionValue(key="guestinfo.metadata", value=value)
            settle(bastion.ReconfigVM_Task(vim.vm.ConfigSpec(extraConfig=[told])))
            settle(bastion.PowerOffVM_Task())
            settle(bastion.PowerOnVM_Task())
            if value == "%%%":
                wait_until(lambda: "guestinfo.metadata" in guests.reports()["lac-router-2"].problem, 60)
    guests.wait_running(["lac-router-2"])
    assert guests.reports()["lac-router-2"].problem == ""


def test_two_worlds_with_the_same_addresses_stand_side_by_side(guests: Guests, image: GoldenImage) -> None:
    with metro_on_a_state_of_its_own() as other:
        other.succeed("up", "-t", "sandbox", "--tier", "host", "--no-gate", "--only", "datacenters")
        second = Guests(other)
        second.wait_running()
        assert second.on("lac-bastion", "hostname") == guests.on("lac-bastion", "hostname") == "lac-bastion"
        assert second.reports()["lac-bastion"].host_key != guests.reports()["lac-bastion"].host_key
        assert second.reports()["lac-bastion"].addresses == guests.reports()["lac-bastion"].addresses


def test_a_daemon_that_is_killed_leaves_nothing(engine: Engine, image: GoldenImage) -> None:
    with metro_on_a_state_of_its_own() as metro:
        metro.succeed("up", "-t", "sandbox", "--tier", "host", "--no-gate", "--only", "datacenters")
        doomed = Guests(metro)
        doomed.wait_running()
        assert len(doomed.processes()) > 4
        namespace = f"/proc/{doomed.hypervisor}"
        os.kill(metro.run("twin", "status").json["pid"], signal.SIGKILL)
        wait_until(lambda: not doomed.processes() and not Path(namespace).exists(), 20)
        assert str(doomed.world) not in Path("/proc/self/mountinfo").read_text()
        name = cgroup_name(doomed.world / "hosts").strip("/")
        assert name in remove_dead_cgroups()
        assert not list(Path("/sys/fs/cgroup").glob(f"*/{name}"))
