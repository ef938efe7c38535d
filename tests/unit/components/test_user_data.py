from __future__ import annotations

import json
from base64 import b64decode
from ipaddress import IPv4Address, IPv4Interface

from components.user_data import Address, extra_config, metadata

ADMIN = Address("00:50:56:01:00:02", IPv4Interface("10.1.0.2/20"), gateway=IPv4Address("10.1.0.1"))
CIRCUIT = Address("00:50:56:10:00:02", IPv4Interface("10.32.0.2/31"), mtu=9000)


def test_metadata_is_netplan_with_cards_found_by_their_hardware_address():
    assert metadata("lac-router-1", [ADMIN, CIRCUIT]) == {
        "instance-id": "lac-router-1",
        "local-hostname": "lac-router-1",
        "network": {
            "version": 2,
            "ethernets": {
                "nic0": {
                    "match": {"macaddress": "00:50:56:01:00:02"},
                    "set-name": "nic0",
                    "dhcp4": False,
                    "mtu": 1500,
                    "addresses": ["10.1.0.2/20"],
                    "routes": [{"to": "0.0.0.0/0", "via": "10.1.0.1"}],
                },
                "nic1": {
                    "match": {"macaddress": "00:50:56:10:00:02"},
                    "set-name": "nic1",
                    "dhcp4": False,
                    "mtu": 9000,
                    "addresses": ["10.32.0.2/31"],
                },
            },
        },
    }


def test_extra_config_is_what_cloud_init_reads_from_vmware():
    config = extra_config("lac-bastion", [ADMIN], ["ssh-ed25519 AAAA automation"])

    assert set(config) == {
        "guestinfo.metadata",
        "guestinfo.metadata.encoding",
        "guestinfo.userdata",
        "guestinfo.userdata.encoding",
    }
    assert config["guestinfo.metadata.encoding"] == config["guestinfo.userdata.encoding"] == "base64"
    assert json.loads(b64decode(config["guestinfo.metadata"])) == metadata("lac-bastion", [ADMIN])
    header, _, body = b64decode(config["guestinfo.userdata"]).decode().partition("\n")
    assert header == "#cloud-config"
    assert json.loads(body) == {
        "disable_root": True,
        "ssh_pwauth": False,
        "ssh_deletekeys": True,
        "users": [
            {
                "name": "metropole",
                "gecos": "Platform automation",
                "shell": "/bin/bash",
                "lock_passwd": True,
                "sudo": "ALL=(ALL) NOPASSWD:ALL",
                "ssh_authorized_keys": ["ssh-ed25519 AAAA automation"],
            }
        ],
    }


def test_the_same_guest_is_told_the_same_every_time():
    assert extra_config("a", [ADMIN], []) == extra_config("a", [ADMIN], [])
