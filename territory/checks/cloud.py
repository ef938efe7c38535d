"""Datacenters can be reached by the cloud's VPN, and public replicas find room."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from territory.cloud_addressing import REPLICAS_PER_AVAILABILITY_ZONE, most_replicas
from territory.errors import Violation
from territory.model import Placement, Territory

_NOT_ON_THE_INTERNET: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)
"""RFC 6890; the ranges of RFC 5737 are left out, for examples are written with them."""


def check(t: Territory) -> Iterator[Violation]:
    """Each datacenter has a public address of its own; public assets no more replicas than a region has room for."""
    yield from _vpn_addresses(t)
    yield from _replicas(t)


def _vpn_addresses(t: Territory) -> Iterator[Violation]:
    holders: dict[object, str] = {}
    for i, dc in enumerate(t.datacenters):
        where = ("datacenters", i, "vpn_address")
        inside = next((network for network in _NOT_ON_THE_INTERNET if dc.vpn_address in network), None)
        if inside:
            yield Violation(
                where,
                f"datacenter {dc.id} has a VPN address nobody on the internet can reach",
                found=f"{dc.vpn_address}, of {inside}",
                expected="a public IPv4 address of the datacenter's own",
                remedy="Write the address its border router answers on, or that of the translation in front of it.",
            )
        first = holders.setdefault(dc.vpn_address, dc.id)
        if first != dc.id:
            yield Violation(
                where,
                f"datacenters {first} and {dc.id} have one VPN address: the loss of one takes both off the cloud",
                found=str(dc.vpn_address),
                expected="a public IPv4 address of the datacenter's own",
                remedy="Write the address its own border router answers on.",
            )


def _replicas(t: Territory) -> Iterator[Violation]:
    regions = {region.id: region for region in t.cloud_regions}
    for i, service in enumerate(t.services):
        for j, asset in enumerate(service.assets):
            if asset.placement is not Placement.PUBLIC:
                continue
            tight = min((regions[site] for site in asset.sites), key=most_replicas)
            if asset.replicas > most_replicas(tight):
                yield Violation(
                    ("services", i, "assets", j, "replicas"),
                    f"asset {asset.id} of service {service.id} wants {asset.replicas} replicas in {tight.id}, "
                    f"which has addresses for {REPLICAS_PER_AVAILABILITY_ZONE} in each of its {len(tight.zones)} zones",
                    found=str(asset.replicas),
                    expected=f"at most {most_replicas(tight)}",
                    remedy=f"Write replicas: {most_replicas(tight)}, or add a zone to {tight.id}.",
                )
