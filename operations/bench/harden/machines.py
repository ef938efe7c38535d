"""The hosts of a territory as machines of the twin, without the APIs that would declare them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Interface
from typing import Any

from components.datacenters.mac_addresses import zone_mac
from components.user_data import Address, extra_config
from operations.errors import InputError
from operations.worlds.equipment import equipment
from operations.worlds.fabric import fabric
from territory import addressing, topology, vlans
from territory.hosts import Host, hosts
from territory.model import Territory
from twin.hosts.machine import Card, Machine, Segment
from twin.hosts.seed import guestinfo_seed

MEMORY_MIB = 512
"""At most, for one host."""


def sizes(texts: Sequence[str], territory: Territory) -> tuple[int, ...]:
    """Numbers of hosts, as in `4,8` or one by one. Raises `InputError` for what is none, or more than there are."""
    most = len(_reachable(territory))
    found: list[int] = []
    for text in ",".join(texts).split(","):
        if not text.strip().isdecimal() or not 1 <= int(text) <= most:
            raise InputError(
                f"{text.strip() or 'nothing'} is no number of hosts: {territory.name} declares {most} that automation"
                " reaches by itself",
                f"say --hosts with a number from 1 to {most}",
            )
        found.append(int(text))
    return tuple(dict.fromkeys(found))


def choose(territory: Territory, number: int) -> tuple[Host, ...]:
    """So many hosts, evenly from the list of all, so that each kind is there as often as in the territory."""
    every = _reachable(territory)
    return tuple(every[position * len(every) // number] for position in range(number))


def world(territory: Territory) -> Mapping[str, Any]:
    """As much of `world.yaml` as there is without APIs: what answers in the zones of datacenters."""
    return {"fabric": _fabric(territory)}


def machines(territory: Territory, chosen: Sequence[Host], public_key: str) -> tuple[Machine, ...]:
    """A machine a host, with the one card by which automation reaches it."""
    segments = {
        (str(each["site"]), int(each["vlan"])): Segment(str(each["fibre"]), int(each["vlan"]))
        for each in _fabric(territory)
    }
    return tuple(_machine(territory, host, segments, public_key) for host in chosen)


def _machine(territory: Territory, host: Host, segments: Mapping[tuple[str, int], Segment], public_key: str) -> Machine:
    datacenter = topology.datacenter(territory, host.site)
    address = Address(
        mac=zone_mac(datacenter, host.address),
        interface=IPv4Interface((host.address, addressing.zone_network(territory, datacenter, host.zone).prefixlen)),
        gateway=addressing.zone_gateway(territory, datacenter, host.zone),
    )
    return Machine(
        id=host.name,
        name=host.name,
        boot="first",
        cards=(Card(address.mac, segments[host.site, vlans.zone_vlan(host.zone)]),),
        seed=guestinfo_seed(extra_config(host.name, [address], [public_key])),
        memory_mib=MEMORY_MIB,
    )


def _reachable(territory: Territory) -> tuple[Host, ...]:
    """Those in datacenters, whose automation gets there by itself: behind another host, nothing is reached before it
    is hardened, and that is a second run on either side.
    """
    sites = {datacenter.id for datacenter in territory.datacenters}
    return tuple(host for host in hosts(territory) if host.site in sites and host.ways[0].jump is None)


def _fabric(territory: Territory) -> list[Mapping[str, Any]]:
    return [
        answering
        for datacenter in territory.datacenters
        for answering in fabric(territory, datacenter, equipment(territory, datacenter)["hosts"])
    ]
