"""What security groups let in, whichever of the three ways AWS offers it is written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final

from policies.answers import Malformed, Outcomes, Problem, each, given
from policies.resource_types import SECURITY_GROUP, SECURITY_GROUP_INGRESS_RULE, SECURITY_GROUP_RULE
from policies.subjects import Resource
from policies.values import Node

OPENING_TYPES: Final = (SECURITY_GROUP, SECURITY_GROUP_RULE, SECURITY_GROUP_INGRESS_RULE)
LAST_PORT: Final = 65_535

_EVERY_PROTOCOL: Final = ("-1", "all")
_WITH_PORTS: Final = ("tcp", "udp", "6", "17")


@dataclass(frozen=True)
class Opening:
    """One rule that lets something in."""

    rule: Node
    protocol: Node
    sources: tuple[Node, ...]
    """Lists of blocks of addresses; groups and prefix lists are none."""

    @property
    def every_protocol(self) -> bool:
        """Whether it lets in whatever comes."""
        return self.protocol.text() in _EVERY_PROTOCOL

    @property
    def ports(self) -> tuple[float, float]:
        """The first and the last of a protocol that has ports; an empty range for one that has none."""
        if self.protocol.text().lower() not in _WITH_PORTS:
            return LAST_PORT + 1, -1
        return self.rule["fromPort"].number(0), self.rule["toPort"].number(LAST_PORT)

    def reaches(self, ports: Iterable[int]) -> bool:
        """Whether one of the ports is let in."""
        if self.every_protocol:
            return True
        first, last = self.ports
        return any(first <= port <= last for port in ports)

    def to_everybody(self, what: str) -> Outcomes:
        """A problem for each source that is the whole of the internet."""

        def judge(source: Node) -> Outcomes:
            if _is_everybody(source):
                yield Problem(f"lets {source.text()} reach {what}", source.path)

        yield from each(self.sources, lambda sources: each(sources.items, judge))


def each_opening(resource: Resource, check: Callable[[Opening], Outcomes]) -> Outcomes:
    """Check the rule itself, or every rule a group holds inline."""
    if resource.type == SECURITY_GROUP_INGRESS_RULE:
        yield from check(_opening(resource.inputs, "ipProtocol", "cidrIpv4", "cidrIpv6"))
    elif resource.type == SECURITY_GROUP:
        yield from each(resource["ingress"].items, lambda rule: check(_opening(rule)))
    else:
        yield from given(lambda: resource["type"].text() == "ingress", lambda: check(_opening(resource.inputs)))


def ports_open_to_everybody(resource: Resource, ports: Iterable[int], what: str) -> Outcomes:
    """A problem wherever one of the ports can be reached from the whole of the internet."""
    wanted = tuple(ports)
    yield from each_opening(
        resource, lambda opening: given(lambda: opening.reaches(wanted), lambda: opening.to_everybody(what))
    )


def _opening(rule: Node, protocol: str = "protocol", ipv4: str = "cidrBlocks", ipv6: str = "ipv6CidrBlocks") -> Opening:
    return Opening(rule, rule[protocol], (rule[ipv4], rule[ipv6]))


def _is_everybody(source: Node) -> bool:
    try:
        return ip_network(source.text(), strict=False).prefixlen == 0
    except ValueError:
        raise Malformed(source.path, f"is {source.text()!r}, which is no block of addresses") from None
