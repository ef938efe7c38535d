"""CRYPTO-014: load balancers speak TLS."""

from __future__ import annotations

from functools import partial
from typing import Final

from policies.answers import Outcomes, Problem, Severity, all_of, each
from policies.policy_documents import some
from policies.resource_types import ALB_LISTENER, CLASSIC_LOAD_BALANCER, LISTENER
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

CLEAR: Final = "HTTP"


def check(resource: Resource) -> Outcomes:
    """Look at each listener: HTTP may do nothing but send to HTTPS."""
    if resource.type == CLASSIC_LOAD_BALANCER:
        yield from each(resource["listeners"].items, _classic)
    elif all_of(partial(_speaks_http, resource), partial(_serves, resource)):
        yield Problem("answers over HTTP, and does more than send to HTTPS", "protocol")


def _classic(listener: Node) -> Outcomes:
    if listener["lbProtocol"].text().upper() == CLEAR:
        yield Problem("answers over HTTP", listener["lbProtocol"].path)


def _speaks_http(listener: Resource) -> bool:
    # Listeners of gateway load balancers have neither a port nor a protocol, and pass on whatever comes.
    return listener["protocol"].text(CLEAR if listener["port"].exists else "").upper() == CLEAR


def _serves(listener: Resource) -> bool:
    return some(listener["defaultActions"].items, lambda action: not _sends_to_https(action))


def _sends_to_https(action: Node) -> bool:
    # Without a protocol AWS keeps the one the request came with.
    return all_of(
        lambda: action["type"].text() == "redirect",
        lambda: action["redirect"]["protocol"].text().upper() == "HTTPS",
    )


RULE = ResourceRule(
    id="CRYPTO-014",
    title="Load balancers speak TLS",
    severity=Severity.HIGH,
    types=(LISTENER, ALB_LISTENER, CLASSIC_LOAD_BALANCER),
    rationale="Sessions and passwords that cross a network in the clear belong to whoever listens.",
    remediation="Set protocol to HTTPS with a certificateArn; let port 80 redirect to HTTPS and nothing else.",
    check=check,
)
