"""The supernets are private, do not overlap, and are large enough for the numbers that were given out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from ipaddress import IPv4Network
from itertools import combinations, islice
from typing import Final

from territory.addressing import (
    ACCESS_PREFIX,
    COMMUNE_INDEX_MASK,
    COMMUNE_PREFIX,
    LINK_PREFIX,
    ROUTER_HOST,
    SITE_PREFIX,
    capacity,
    commune_index,
    split_insee,
)
from territory.errors import Violation, one_of
from territory.model import Territory
from territory.yaml_source import Pointer

_PRIVATE: Final = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
_LONGEST_SEARCH: Final = 4096
"""Candidates tried for a free network; a small one may sit behind a large supernet, and advice is not worth more."""


def check(t: Territory) -> Iterator[Violation]:
    """Overlaps, addresses that belong to others, and numbers that do not fit."""
    supernets = _supernets(t)
    for pointer, network in supernets.items():
        if not any(network.subnet_of(private) for private in _PRIVATE):
            yield Violation(
                pointer,
                f"{_key(pointer)} {network} is not private address space: it belongs to somebody else",
                found=str(network),
                expected=f"a network inside {one_of(map(str, _PRIVATE))} (RFC 1918)",
                remedy=_free_remedy(network, supernets.values()),
            )
    for (one, first), (other, second) in combinations(supernets.items(), 2):
        if first.overlaps(second):
            yield Violation(
                other,
                f"{_key(other)} {second} overlaps {_key(one)} {first}",
                found=str(second),
                expected=f"a network that shares no address with {first}",
                remedy=_free_remedy(second, supernets.values()),
            )
    yield from _capacity(t)


def _supernets(t: Territory) -> dict[Pointer, IPv4Network]:
    space = t.address_space
    named: dict[Pointer, IPv4Network] = {
        ("address_space", "sites"): space.sites,
        ("address_space", "links"): space.links,
        ("address_space", "cloud"): space.cloud,
    }
    return named | {("address_space", "communes", key): network for key, network in space.communes.items()}


def _capacity(t: Territory) -> Iterator[Violation]:
    space = t.address_space
    for i, dc in enumerate(t.datacenters):
        where = ("datacenters", i, "number")
        yield from _fits(where, f"datacenter {dc.id}", "sites", space.sites, SITE_PREFIX, dc.number)
    for i, region in enumerate(t.cloud_regions):
        where = ("cloud_regions", i, "number")
        yield from _fits(where, f"cloud region {region.id}", "cloud", space.cloud, SITE_PREFIX, region.number)
    for i, circuit in enumerate(t.circuits):
        where = ("circuits", i, "number")
        yield from _fits(where, f"circuit {circuit.id}", "links", space.links, LINK_PREFIX, circuit.number)
    for i, network in enumerate(t.access_networks):
        where = ("access_networks", i, "number")
        yield from _fits(where, f"access network {network.id}", "links", space.links, ACCESS_PREFIX, network.number)
    yield from _communes(t)


def _communes(t: Territory) -> Iterator[Violation]:
    space = t.address_space
    holders: dict[int, str] = {0: "the access network itself", ROUTER_HOST: "the border router"}
    holders[COMMUNE_INDEX_MASK] = "broadcast"
    seen: set[str] = set()
    for i, commune in enumerate(t.communes):
        where, about = ("communes", i, "insee"), f"commune {commune.insee} {commune.name}"
        departement, number = split_insee(commune.insee)
        supernet = space.communes.get(departement)
        if supernet and number < capacity(supernet, COMMUNE_PREFIX):
            index = commune_index(t, commune)
            if index in holders and commune.insee not in seen:
                yield Violation(
                    where,
                    f"{about} would have host number {index} on access networks, which is that of {holders[index]}",
                    found=f"a block that is number {index} of the /8 around it",
                    expected=f"a number of its own, from 2 to {COMMUNE_INDEX_MASK - 1}",
                    remedy=f"Move address_space.communes.{departement} to another network of 10.0.0.0/8.",
                )
            seen.add(commune.insee)  # written down twice is another check's to tell
            holders[index] = about
        elif supernet:
            yield from _fits(where, about, f"communes.{departement}", supernet, COMMUNE_PREFIX, number)
        else:
            yield Violation(
                where,
                f"{about} has no addresses: its département {departement} has no supernet",
                found=departement,
                expected=f"a département of address_space.communes: {one_of(space.communes)}",
                remedy=f'Add "{departement}": <a /10 of its own> to address_space.communes, or correct the code.',
            )


def _fits(
    pointer: Pointer, about: str, key: str, supernet: IPv4Network, prefix: int, number: int
) -> Iterator[Violation]:
    room = capacity(supernet, prefix)
    if number >= room:
        needed = prefix - number.bit_length()
        yield Violation(
            pointer,
            f"{about} is number {number}, and address_space.{key} {supernet} ends before it: "
            f"it has {room} blocks of /{prefix}",
            found=str(number),
            expected=f"below {room}" if room else f"address_space.{key} of /{needed} or larger",
            remedy=f"Make address_space.{key} a /{needed} or larger (this moves addresses), or choose a lower number.",
        )


def _key(pointer: Pointer) -> str:
    return ".".join(map(str, pointer))


def _free_remedy(like: IPv4Network, taken: Collection[IPv4Network]) -> str:
    for private in _PRIVATE:
        if like.prefixlen >= private.prefixlen:
            for candidate in islice(private.subnets(new_prefix=like.prefixlen), _LONGEST_SEARCH):
                if not any(candidate.overlaps(network) for network in taken):
                    return f"Give it a network of its own; {candidate} is free."
    return "Make the supernets smaller, or give it a network of its own."
