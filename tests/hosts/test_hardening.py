"""A sandbox that `metro up` brought up to hardened hosts: what a hand changes shows, what fails is named and alone."""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from pyVmomi import vim

from operations.engine.engine import Engine
from operations.hosts.image import GoldenImage
from operations.worlds.automation import ACCOUNT
from territory.hosts import hosts
from territory.loader import load_territory
from tests.hosts.guests import Guests, wait_until
from tests.hosts.worker import worker
from tests.twin.operations.conftest import metro_on_a_state_of_its_own
from tests.twin.operations.inventory import find
from tests.twin.operations.metro import Answer, finish

pytestmark = pytest.mark.hosts
HOSTS = {host.name: host for host in hosts(load_territory("sandbox"))}
STACK = "sandbox-hosts"
UP = ("up", "-t", "sandbox", "--tier", "host", "--no-gate")
BASELINE = "metropole:hosts:HostBaseline"


@pytest.fixture(scope="module")
def hardened(engine: Engine, vcsim_binary: object, image: GoldenImage) -> Generator[Guests]:
    """The sandbox, up. Tests that share it leave it converged."""
    with metro_on_a_state_of_its_own() as metro:
        answer = metro.succeed(*UP)
        assert answer.json["tier"] == "host"
        assert answer.json["by_type"][BASELINE] == len(HOSTS)
        yield Guests(metro)


def of_hosts(answer: Answer) -> dict[str, Any]:
    """What became of the stack of hosts."""
    (report,) = (stack for stack in answer.json["stacks"] if stack["name"] == STACK)
    return report


def states(guests: Guests) -> dict[str, dict[str, Any]]:
    """What Pulumi's state holds of each host."""
    resources = guests.metro.deployed(STACK)["resources"]
    return {each["inputs"]["host"]: each["outputs"] for each in resources if each["type"] == BASELINE}


def test_a_second_up_changes_no_resource_and_no_host(hardened: Guests) -> None:
    before, secrets = states(hardened), secrets_of(hardened)
    told: set[str] = set()
    with ThreadPoolExecutor() as pool:
        finishing = pool.submit(finish, hardened.metro.start(*UP))
        while not finishing.done():
            told |= {" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])}
            time.sleep(0.2)
    answer = finishing.result()
    assert answer.code == 0, answer.stderr
    assert answer.json["changes"] == 0
    assert any("ansible-playbook" in line for line in told)
    assert not [name for name, secret in secrets.items() if any(secret in line for line in told)]
    assert states(hardened) == before
    (probe,) = list((hardened.world / "evidence").glob("*-probe-*/result.json"))[-1:]
    assert {host["name"]: host["changed"] for host in json.loads(probe.read_text())["hosts"]} == dict.fromkeys(HOSTS, 0)


def secrets_of(guests: Guests) -> dict[str, str]:
    """What nobody may be told, by what it is: of keys a line of their own."""
    world = guests.world
    credentials = yaml.safe_load((world / "credentials.yaml").read_text(encoding="utf-8"))
    keys = [world / "ssh" / "id_ed25519", world / "journal-authority" / "authority.key.pem"]
    keys += (guests.metro.state / "enrolment").rglob("*.key.pem")
    assert len(keys) > 2
    return {
        "passphrase": (guests.metro.state / "passphrase").read_text(encoding="utf-8").strip(),
        **{
            f"{name} of {place}": value
            for entries in credentials.values()
            for place, entry in entries.items()
            for name, value in entry.items()
            if name not in ("user", "access_key_id")
        },
        **{str(key): key.read_text(encoding="ascii").splitlines()[1] for key in keys},
    }


HOMES = ("credentials.yaml", "passphrase", "id_ed25519", "authority.key.pem")
"""Files that hold secrets, beside the keys of gateways."""


def test_secrets_stand_where_they_are_kept_and_in_no_log_state_or_evidence(hardened: Guests) -> None:
    disks = hardened.world / "hosts"
    files = [
        file
        for file in hardened.metro.state.rglob("*")
        if file.is_file() and disks not in file.parents and file.name not in HOMES and "device-keys" not in file.parts
    ]
    assert {"ansible.log", "result.json", "hosts.log", f"{STACK}.json"} <= {file.name for file in files}
    texts = {file: file.read_bytes() for file in files if file.stat().st_size < 50_000_000}
    secrets = secrets_of(hardened)
    assert not [
        (name, file) for name, secret in secrets.items() for file, text in texts.items() if secret.encode() in text
    ]


EDITS = {
    "lac-civil-registry-web-1": (
        "echo PermitRootLogin yes >> /etc/ssh/sshd_config",
        "! grep -q 'PermitRootLogin yes' /etc/ssh/sshd_config",
    ),
    "lac-water-telemetry-db-1": (
        "echo 'evil ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/evil",
        "test ! -e /etc/sudoers.d/evil",
    ),
    "pessac-bastion": ("systemctl stop auditd", "systemctl is-active auditd"),
    "pessac-router-1": (
        "nft add rule inet metropole inbound tcp dport 8080 accept",
        "! nft list ruleset | grep -q 'dport 8080'",
    ),
}
"""What a hand does to a host, and how to see that it was undone."""


def test_what_a_hand_changed_is_seen_by_refresh_and_mended_by_up(hardened: Guests) -> None:
    for host, (edit, mended) in EDITS.items():
        hardened.inside(host, edit)
        hardened.inside(host, f"! ( {mended} )")
    seen = hardened.metro.pulumi("refresh", "--yes", "--stack", STACK, "--parallel", "512")
    assert seen.returncode == 0, seen.stderr
    drift = {host: state["drift"] for host, state in states(hardened).items() if state.get("drift")}
    assert set(drift) == set(EDITS)
    assert all(rule.startswith("R") for rules in drift.values() for rule in rules)
    answer = hardened.metro.succeed(*UP)
    assert of_hosts(answer)["updated"] == len(EDITS)
    for host, (_, mended) in EDITS.items():
        hardened.inside(host, mended)
    assert not [state for state in states(hardened).values() if state.get("drift")]


def test_journals_reach_the_receiver_of_their_site_over_tls(hardened: Guests) -> None:
    hardened.inside("lac-water-telemetry-db-1", "logger --tag canary sent-to-the-bastion")
    received = "journalctl --directory /var/log/journal/remote --identifier canary --quiet --output cat"
    wait_until(lambda: "sent-to-the-bastion" in hardened.inside("lac-bastion", received), 90)
    asked = (
        "openssl s_client -brief -connect %s:19532 -CAfile /etc/metropole/journal/authority.pem -verify_return_error"
    )
    seen = hardened.inside("lac-water-telemetry-db-1", f"{asked % HOSTS['lac-bastion'].address} </dev/null 2>&1")
    assert "Verification: OK" in seen
    assert "Peer certificate: CN = lac-bastion" in seen


KILLED, CUT_OFF, FULL, BY_HAND, GARBLED, MUTE = (
    "lac-water-telemetry-collector-1",
    "lac-water-telemetry-collector-2",
    "pessac-water-telemetry-collector-1",
    "pessac-water-telemetry-collector-2",
    "pessac-open-data-publisher-1",
    "lac-civil-registry-web-1",
)
FAILING = (KILLED, FULL, GARBLED)
SILENT = (CUT_OFF, MUTE)


FILL = """
cp -a /etc/ssh /run/ssh
mount -t tmpfs -o size=128k,mode=0755 tmpfs /etc/ssh
cp -a /run/ssh/. /etc/ssh
echo PermitRootLogin yes >> /etc/ssh/sshd_config
head -c 1M /dev/zero > /etc/ssh/full || true
"""
"""Something to write, on a file system without room for it."""

GARBLE = """
printf '#!/bin/sh\\nyes garbage | head -c 1000000\\n' > /root/garbage
chmod +x /root/garbage
mount --bind /root/garbage /usr/bin/python3.11
"""
"""Whatever is asked, the answer is a megabyte of it."""


def test_hosts_that_fail_are_named_and_alone_and_the_next_up_converges(hardened: Guests) -> None:
    # Something to do on each of them, and on one that nothing happens to.
    for host in (*FAILING, *SILENT, BY_HAND):
        hardened.inside(host, "touch /etc/sudoers.d/left-behind")
    hardened.inside(FULL, FILL)
    hardened.inside(GARBLED, GARBLE)
    hardened.inside(MUTE, "systemctl kill --signal=STOP ssh.service")
    cable = cut(hardened, CUT_OFF)
    known = set((hardened.world / "evidence").iterdir())
    began = time.monotonic()
    process = hardened.metro.start(*UP)
    with hardened.metro.vcenters()["lac"].content() as content:
        wait_until(lambda: applying(hardened, known, f"[{KILLED}]"), 240)
        find(content, vim.VirtualMachine, KILLED).PowerOffVM_Task()
        answer = finish(process)
        assert time.monotonic() - began < 400
        assert answer.code == 1
        told = "\n".join(str(failure) for failure in of_hosts(answer)["failures"])
        assert all(host in told for host in FAILING), told
        assert not [host for host in HOSTS if host not in (*FAILING, *SILENT) and host in told], told
        # What does not answer cannot be compared: it stays as it was known, and is named.
        warned = "\n".join(str(warning) for warning in of_hosts(answer)["warnings"])
        assert all(host in warned for host in SILENT), warned
        hardened.inside(BY_HAND, "test ! -e /etc/sudoers.d/left-behind")
        hardened.where_wires_are("ip", "link", "set", cable, "up")
        hardened.inside(FULL, "umount /etc/ssh")
        hardened.inside(GARBLED, "umount /usr/bin/python3.11")
        hardened.inside(MUTE, "systemctl kill --signal=CONT ssh.service")
        find(content, vim.VirtualMachine, KILLED).PowerOnVM_Task()
    hardened.wait_running([KILLED])
    hardened.metro.succeed(*UP)
    for host in (*FAILING, *SILENT):
        hardened.inside(host, "test ! -e /etc/sudoers.d/left-behind")


WORKER, SITE, BY_WORKER, ELSEWHERE = "lac-bastion", "lac", "lac-router-1", "pessac-router-1"


def test_a_sites_hosts_are_hardened_by_its_worker_and_one_that_is_killed_harms_no_other_site(hardened: Guests) -> None:
    harden = ("harden", "-t", "sandbox", "--worker", f"{SITE}={WORKER}")
    only = ("--limit", f"site_{SITE}", "--limit", ELSEWHERE)
    of_site = {host.name for host in HOSTS.values() if host.site == SITE} - {WORKER}
    with worker(hardened, WORKER, [HOSTS[name] for name in of_site]):
        for host in (BY_WORKER, ELSEWHERE):
            hardened.inside(host, "touch /etc/sudoers.d/left-behind")
        checked = hardened.metro.succeed(*harden, *only, "--check")
        assert {host["name"] for host in checked.json["hosts"] if "R39" in host["rules"]} == {BY_WORKER, ELSEWHERE}
        by_worker = {host["name"] for host in checked.json["hosts"] if WORKER in Path(host["evidence"]).name}
        assert by_worker == of_site

        known = set((hardened.world / "evidence").iterdir())
        began = time.monotonic()
        process = hardened.metro.start(*harden, *only)
        wait_until(lambda: applying(hardened, known, "PLAY [", f"ansible-{WORKER}.log"), 120)
        hardened.inside(WORKER, f"pkill --signal KILL --uid {ACCOUNT}")
        answer = finish(process)
        assert time.monotonic() - began < 300
        assert answer.code == 1
        unfinished = [host for host in answer.json["hosts"] if host["state"] == "unfinished"]
        assert {host["name"] for host in unfinished} & of_site
        assert {host["name"] for host in unfinished} <= of_site
        assert all(f"the worker {WORKER} of site {SITE} broke off" in host["problem"] for host in unfinished)
        hardened.inside(ELSEWHERE, "test ! -e /etc/sudoers.d/left-behind")

        known = set((hardened.world / "evidence").iterdir())
        setting = ("--stack", STACK, "--path", f"metropole:automation.workers.{SITE}")
        pulumi(hardened, "config", "set", *setting, WORKER)
        pulumi(hardened, "up", "--stack", STACK, "--refresh", "--yes", "--skip-preview", "--parallel", "512")
        pulumi(hardened, "config", "rm", *setting)
        hardened.inside(BY_WORKER, "test ! -e /etc/sudoers.d/left-behind")
        assert applying(hardened, known, BY_WORKER, f"ansible-{WORKER}.log")


def pulumi(guests: Guests, *arguments: str) -> None:
    answer = guests.metro.pulumi(*arguments)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def cut(guests: Guests, host: str) -> str:
    """Take a host's only cable down, and say which it was."""
    links = json.loads(guests.inside(host, "ip -json link show nic0"))
    (number,) = (link["link_index"] for link in links)
    cables = json.loads(guests.where_wires_are("ip", "-json", "link").stdout)
    (cable,) = (link["ifname"] for link in cables if link["ifindex"] == number)
    assert guests.where_wires_are("ip", "link", "set", cable, "down").returncode == 0
    return cable


def applying(guests: Guests, known: set[Path], what: str, name: str = "ansible.log") -> bool:
    """Whether a run that began since is at work, and its log says so of this."""
    logs = [place / name for place in (guests.world / "evidence").iterdir() if place not in known]
    return any("-apply-" in str(log) and log.exists() and what in log.read_text() for log in logs)
