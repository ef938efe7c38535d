"""What a guest is told about itself at its first boot, for cloud-init's VMware and EC2 datasources. Never a secret: it
is readable by everyone who may see the virtual machine.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface


@dataclass(frozen=True)
class Address:
    """How one network card is configured."""

    mac: str
    """The card's hardware address, by which the guest recognises it. Example: `00:50:56:10:00:02`."""
    interface: IPv4Interface
    """Address and prefix. Example: `10.1.0.2/20`."""
    gateway: IPv4Address | None = None
    """The default route, on at most one card of a guest."""
    mtu: int = 1500
    """Octets."""


def extra_config(hostname: str, addresses: Sequence[Address], authorized_keys: Sequence[str]) -> dict[str, str]:
    """The four `guestinfo` keys of a guest.

    `authorized_keys` are public keys in OpenSSH's format, for the account `metropole`.
    """
    return {
        "guestinfo.metadata": _encode(json.dumps(metadata(hostname, addresses), separators=(",", ":"))),
        "guestinfo.metadata.encoding": "base64",
        "guestinfo.userdata": _encode(_document(cloud_config(authorized_keys))),
        "guestinfo.userdata.encoding": "base64",
    }


def public_user_data(hostname: str, dns_name: str, authorized_keys: Sequence[str]) -> str:
    """The user data of a machine at the cloud provider, whose addresses come from the network it is in.

    `dns_name` is the fully qualified one. Example: `portal.open-data.bordeaux.internal`.
    """
    name = {"hostname": hostname, "fqdn": dns_name, "prefer_fqdn_over_hostname": False, "preserve_hostname": False}
    return _document({**name, **cloud_config(authorized_keys)})


def cloud_config(authorized_keys: Sequence[str]) -> Mapping[str, object]:
    """Account and access; the rest is the business of the golden image and the playbooks."""
    return {
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
                "ssh_authorized_keys": list(authorized_keys),
            }
        ],
    }


def metadata(hostname: str, addresses: Sequence[Address]) -> Mapping[str, object]:
    """Identity and network (netplan version 2); cards are named `nic0`, `nic1` … in the order given."""
    return {
        "instance-id": hostname,
        "local-hostname": hostname,
        "network": {"version": 2, "ethernets": {f"nic{i}": _ethernet(i, a) for i, a in enumerate(addresses)}},
    }


def _ethernet(index: int, address: Address) -> dict[str, object]:
    settings: dict[str, object] = {
        "match": {"macaddress": address.mac},
        "set-name": f"nic{index}",
        "dhcp4": False,
        "mtu": address.mtu,
        "addresses": [str(address.interface)],
    }
    if address.gateway is not None:
        settings["routes"] = [{"to": "0.0.0.0/0", "via": str(address.gateway)}]
    return settings


def _document(config: Mapping[str, object]) -> str:
    return f"#cloud-config\n{json.dumps(config, indent=1)}\n"


def _encode(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")
