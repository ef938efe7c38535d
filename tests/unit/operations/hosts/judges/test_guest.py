"""A judged guest is told what production's are, and which host key to have: nothing is trusted on sight."""

from __future__ import annotations

import json
import stat
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from operations.errors import MachineError
from operations.hosts.judges.content import newer_sources
from operations.hosts.judges.guest import MAC, Keys, make_keys, seed_files, write_ssh_config
from operations.hosts.judges.kit import libraries
from operations.hosts.judges.machine import Wire

WIRE = Wire(IPv4Address("10.129.0.2"), IPv4Address("10.129.0.3"), MAC)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("keys"))


def test_the_seed_has_the_declared_address_the_account_and_a_host_key(keys: Keys) -> None:
    files = seed_files("lac-bastion", WIRE, keys)
    assert json.loads(files["meta-data"]) == {"instance-id": "lac-bastion", "local-hostname": "lac-bastion"}
    card = json.loads(files["network-config"])["ethernets"]["nic0"]
    assert (card["match"], card["addresses"], "routes" in card) == ({"macaddress": MAC}, ["10.129.0.2/29"], False)
    head, _, body = files["user-data"].partition("\n")
    told = json.loads(body)
    assert head == "#cloud-config"
    assert told["users"][0]["ssh_authorized_keys"] == [keys.identity.with_suffix(".pub").read_text().strip()]
    assert told["ssh_keys"]["ed25519_private"] == keys.host.read_text()


def test_the_host_key_is_known_before_the_guest_is(keys: Keys, tmp_path: Path) -> None:
    config = write_ssh_config("lac-bastion", 40001, keys, tmp_path).read_text()
    assert "StrictHostKeyChecking yes" in config
    assert "HostName 127.0.0.1" in config
    known = (tmp_path / "known_hosts").read_text()
    assert known == f"lac-bastion {keys.host.with_suffix('.pub').read_text().strip()}\n"


def test_private_keys_are_their_owners_alone(keys: Keys) -> None:
    assert [stat.S_IMODE(key.stat().st_mode) for key in (keys.identity, keys.host)] == [0o600, 0o600]


def test_the_libraries_a_program_loads() -> None:
    said = """\
\tlinux-vdso.so.1 (0x00007ffd7a5f2000)
\tlibopenscap.so.25 => /lib/x86_64-linux-gnu/libopenscap.so.25 (0x00007f0000000000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f1111111111)
"""
    assert list(map(str, libraries(said))) == [
        "/lib/x86_64-linux-gnu/libopenscap.so.25",
        "/lib64/ld-linux-x86-64.so.2",
    ]


def test_content_comes_from_the_machines_own_source() -> None:
    mine = "Types: deb\nURIs: http://mirror.example\nSuites: bookworm bookworm-updates\nSigned-By: /k.gpg\n"
    newer = newer_sources(f"{mine}\nTypes: deb\nSuites: bookworm-security\n")
    assert newer == mine.replace("bookworm bookworm-updates", "trixie")


def test_a_source_that_names_no_suite() -> None:
    with pytest.raises(MachineError, match="names no suite"):
        newer_sources("# nothing\n")
