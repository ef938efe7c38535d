"""NET-002: what a security group lets in is said by protocol and port."""

from __future__ import annotations

from functools import partial

from policies.answers import Outcomes, Problem, Severity, any_of, each, given
from policies.openings import LAST_PORT, OPENING_TYPES, Opening, each_opening
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node


def check(resource: Resource) -> Outcomes:
    """Look at everything that lets addresses in; whole groups are members of one thing and may talk freely."""
    yield from each_opening(resource, _judge)


def _judge(opening: Opening) -> Outcomes:
    yield from given(
        lambda: any_of(lambda: opening.every_protocol, partial(_every_port, opening)),
        lambda: each(opening.sources, lambda sources: each(sources.items, _everything)),
    )


def _every_port(opening: Opening) -> bool:
    first, last = opening.ports
    return first <= 1 and last >= LAST_PORT


def _everything(source: Node) -> Outcomes:
    yield Problem(f"lets {source.text()} reach every port", source.path)


RULE = ResourceRule(
    id="NET-002",
    title="What is let in is named by protocol and port",
    severity=Severity.HIGH,
    types=OPENING_TYPES,
    rationale="A rule without ports lets in what nobody thought of, and whatever is installed tomorrow.",
    remediation="Write one rule a service: ipProtocol tcp or udp, fromPort and toPort of that service alone.",
    check=check,
)
