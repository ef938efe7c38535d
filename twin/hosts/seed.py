"""From what an API holds for a guest to the files cloud-init reads: untrusted data, never part of a command."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from ipaddress import IPv4Interface, IPv4Network
from typing import Any, Final

LONGEST_DOCUMENT: Final = 1 << 20
"""Octets of one document once decoded: more than any API takes, less than what would hurt."""


class SeedError(ValueError):
    """What the API holds cannot be read; the message says which key and why."""


def guestinfo_seed(extra_config: Mapping[str, str]) -> dict[str, str]:
    """The NoCloud files for a virtual machine's `guestinfo` keys.

    cloud-init's VMware datasource takes the network from inside the metadata, NoCloud from a file beside it. Raises
    `SeedError`.
    """
    metadata = _json_or_yaml("guestinfo.metadata", _decoded(extra_config, "guestinfo.metadata"))
    network = metadata.pop("network", None)
    files = {"meta-data": json.dumps(metadata), "user-data": _decoded(extra_config, "guestinfo.userdata")}
    if isinstance(network, dict):
        files["network-config"] = json.dumps(network)
    return files


def instance_seed(instance: str, user_data: str, card: str, interface: IPv4Interface) -> dict[str, str]:
    """The NoCloud files for an instance, whose address a cloud gives by DHCP: the same answer, without a server for it.

    `user_data` is base64 as the API keeps it. Raises `SeedError`.
    """
    gateway = router_of(interface.network)
    network = {
        "version": 2,
        "ethernets": {
            "nic0": {
                "match": {"macaddress": card},
                "set-name": "nic0",
                "dhcp4": False,
                "addresses": [str(interface)],
                "routes": [{"to": "0.0.0.0/0", "via": str(gateway.ip)}],
            }
        },
    }
    return {
        "meta-data": json.dumps({"instance-id": instance}),
        "user-data": _decode("user data", user_data, "base64"),
        "network-config": json.dumps(network),
    }


def router_of(subnet: IPv4Network) -> IPv4Interface:
    """Where a cloud's own router answers in a subnet: its first address."""
    return IPv4Interface((subnet[1], subnet.prefixlen))


def _decoded(extra_config: Mapping[str, str], key: str) -> str:
    return _decode(key, extra_config.get(key, ""), extra_config.get(f"{key}.encoding", ""))


def _decode(key: str, text: str, encoding: str) -> str:
    try:
        match encoding:
            case "":
                octets = text.encode()
            case "base64" | "b64":
                octets = base64.b64decode(text, validate=True)
            case "gzip+base64" | "gz+b64":
                octets = _gunzip(base64.b64decode(text, validate=True))
            case _:
                raise SeedError(f"{key} has the unknown encoding {encoding!r}")
        if len(octets) > LONGEST_DOCUMENT:
            raise SeedError(f"{key} is longer than {LONGEST_DOCUMENT} octets")
        return octets.decode()
    except (binascii.Error, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise SeedError(f"{key} is not {encoding or 'UTF-8'}: {error}") from error


def _gunzip(octets: bytes) -> bytes:
    """At most one octet more than a document may have: what unpacks to gigabytes is never held."""
    unpacking = zlib.decompressobj(wbits=31)
    unpacked = unpacking.decompress(octets, LONGEST_DOCUMENT + 1)
    if not unpacking.eof and len(unpacked) <= LONGEST_DOCUMENT:
        raise EOFError("it ends too early")
    return unpacked


def _json_or_yaml(key: str, text: str) -> dict[str, Any]:
    from ruamel.yaml import YAML, YAMLError  # noqa: PLC0415 - JSON, which most metadata is, needs none of it

    try:
        found: Any = json.loads(text) if text.lstrip().startswith("{") else YAML(typ="safe", pure=True).load(text)
    except (ValueError, YAMLError) as error:
        raise SeedError(f"{key} is neither JSON nor YAML") from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise SeedError(f"{key} is no mapping")
    return {str(name): value for name, value in found.items()}
