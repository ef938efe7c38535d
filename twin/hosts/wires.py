"""Bridges and cables, one a segment and one a card, in the network namespace of the hypervisor's first process."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Interface
from itertools import count
from typing import Any, Final

from twin.hosts.machine import Card, FirstHop, Segment

_INSIDE: Final = ("nsenter", "--net=/proc/1/ns/net")
_SECONDS: Final = 20.0
LARGEST_MTU: Final = 9000
"""Octets. A bridge takes the smallest of its ports', and guests ask for up to this."""


FirstHops = Mapping[Segment, FirstHop]
"""By segment."""


class WireError(Exception):
    """The kernel refused; the message is its own."""


class Wires:
    """What is plugged into what. Names are numbers: no text of an API ever becomes one."""

    def __init__(self) -> None:
        self._bridges: dict[Segment, str] = {}
        self._hops: dict[Segment, FirstHop] = {}
        self._cables = count(1)
        self._making = threading.Lock()
        batch(["link set lo up"])
        # Frames within a segment are no business of a first hop's rules; without br_netfilter there is no such setting.
        settings = ("net.ipv4.ip_forward=1", "net.bridge.bridge-nf-call-iptables=0")
        _inside(["sysctl", "--quiet", "--ignore", "--write", *settings])

    def serve(self, hops: FirstHops) -> None:
        """Answer as first hop on these segments, and no longer on those left out. Raises `WireError`."""
        if hops == self._hops:
            return
        for segment in {*self._hops, *hops}:
            before = self._hops[segment].addresses if segment in self._hops else ()
            after = hops[segment].addresses if segment in hops else ()
            bridge = self._bridge(segment)
            batch(
                [
                    *(f"addr del {address} dev {bridge}" for address in before if address not in after),
                    *(f"addr add {address} dev {bridge}" for address in after if address not in before),
                ]
            )
        bridges = [(hop.site, self._bridge(segment)) for segment, hop in hops.items()]
        _inside(["nft", "--file", "-"], forwarding(bridges))
        self._hops = dict(hops)

    def plug(self, pid: int, cards: Iterable[Card]) -> dict[str, str]:
        """Give the network namespace of a process its cards, in order. Returns hardware address to cable."""
        cables: dict[str, str] = {}
        commands: list[str] = []
        for card in cards:
            number = next(self._cables)
            cable = f"v{number}"
            cables[card.mac] = cable
            commands.append(
                f"link add {cable} mtu {LARGEST_MTU} type veth peer name e{number} address {card.mac} netns {pid}"
            )
            if card.segment is not None:
                commands.append(f"link set {cable} master {self._bridge(card.segment)}")
            commands.append(f"link set {cable} up")
        batch(commands)
        return cables

    def move(self, cable: str, segment: Segment | None) -> None:
        """Plug a cable into another segment, or into none."""
        batch([f"link set {cable} master {self._bridge(segment)}" if segment else f"link set {cable} nomaster"])

    def unplug(self, cable: str) -> None:
        """Take a cable away; one that went with its guest is no error."""
        subprocess.run([*_INSIDE, "ip", "link", "delete", cable], capture_output=True, check=False, timeout=_SECONDS)

    def _bridge(self, segment: Segment) -> str:
        with self._making:
            if segment not in self._bridges:
                name = f"b{len(self._bridges)}"
                # Nothing may wait for a spanning tree, and what a guest multicasts reaches its whole segment.
                batch(
                    [
                        f"link add {name} mtu {LARGEST_MTU} type bridge forward_delay 0 mcast_snooping 0",
                        f"link set {name} alias {segment}",
                        f"link set {name} up",
                    ]
                )
                self._bridges[segment] = name
            return self._bridges[segment]


def addresses(pid: int) -> dict[str, tuple[IPv4Interface, ...]]:
    """The IPv4 addresses in the network namespace of a process, by the card's hardware address."""
    command = ["nsenter", f"--net=/proc/{pid}/ns/net", "ip", "-json", "address", "show", "up"]
    answer = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)
    if answer.returncode:
        return {}
    links: list[dict[str, Any]] = json.loads(answer.stdout or b"[]")
    return {
        str(link["address"]): tuple(
            IPv4Interface(f"{each['local']}/{each['prefixlen']}")
            for each in link.get("addr_info", [])
            if each["family"] == "inet"
        )
        for link in links
        if "address" in link and link.get("link_type") == "ether"
    }


def batch(commands: list[str]) -> None:
    """Run `ip` commands, all or up to the first that fails. Raises `WireError`."""
    if not commands:
        return
    _inside(["ip", "-batch", "-"], "\n".join(commands))


def forwarding(bridges: Iterable[tuple[str, str]]) -> str:
    """The rules of what a first hop lets through, from (site, bridge): nothing from one site to another.

    Between sites there are the circuits that routers end, and nothing else.
    """
    by_site: dict[str, list[str]] = {}
    for site, bridge in bridges:
        by_site.setdefault(site, []).append(bridge)
    cloud = by_site.pop("", [])
    pairs = [(inside, inside) for inside in by_site.values()]
    if cloud:
        here = [bridge for inside in by_site.values() for bridge in inside]
        pairs += [(cloud, cloud), *([(cloud, here), (here, cloud)] if here else [])]
    rules = [f"iifname {{ {', '.join(a)} }} oifname {{ {', '.join(b)} }} accept" for a, b in pairs]
    return "\n".join(
        (
            "table inet fabric",
            "flush table inet fabric",
            "table inet fabric {",
            "  chain forward {",
            "    type filter hook forward priority filter; policy drop;",
            *(f"    {rule}" for rule in rules),
            "  }",
            "}",
            "",
        )
    )


def _inside(command: list[str], told: str = "") -> None:
    """Run a command where the wires are. Raises `WireError`."""
    answer = subprocess.run(
        [*_INSIDE, *command], input=told.encode(), capture_output=True, check=False, timeout=_SECONDS
    )
    if answer.returncode:
        said = answer.stderr.decode(errors="replace").strip()
        raise WireError(said or f"{command[0]} ended with code {answer.returncode}")
