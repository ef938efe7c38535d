"""What `world.yaml` and `credentials.yaml` tell the hypervisor."""

from __future__ import annotations

from ipaddress import IPv4Interface
from pathlib import Path
from typing import Any

from twin.aws.boto import Place
from twin.hosts.cloud import CloudSource
from twin.hosts.machine import FirstHop, Segment, Source
from twin.hosts.vcenter import VCenterSource


def sources(world: Path, credentials: Path) -> tuple[Source, ...]:
    """Every API of a world."""
    there, accounts = _read(world), _read(credentials)
    vcenters = [
        VCenterSource(
            str(each["id"]),
            f"127.0.0.1:{each['port']}",
            (str(accounts["vcenters"][each["id"]]["user"]), str(accounts["vcenters"][each["id"]]["password"])),
            {
                str(host["name"]): {str(nic["device"]): str(nic["fibre"]) for nic in host["nics"]}
                for host in each["hosts"]
            },
        )
        for each in there["vcenters"]
    ]
    clouds = [
        CloudSource(
            str(each["id"]),
            Place(
                f"http://127.0.0.1:{each['port']}",
                str(each["region"]),
                str(accounts["clouds"][each["id"]]["access_key_id"]),
                str(accounts["clouds"][each["id"]]["secret_access_key"]),
            ),
        )
        for each in there.get("clouds", ())
    ]
    return (*vcenters, *clouds)


def fabric(world: Path) -> dict[Segment, FirstHop]:
    """What answers on segments before anything is declared: first hops of zones, and where automation stands."""
    return {
        Segment(str(each["fibre"]), int(each["vlan"])): FirstHop(
            tuple(IPv4Interface(text) for text in each["addresses"]), str(each["site"])
        )
        for each in _read(world).get("fabric", ())
    }


def _read(path: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML  # noqa: PLC0415 - read twice in the life of a process

    found: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return dict(found)
