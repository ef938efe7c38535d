"""EDGE-102: a role's policy lets a gateway say what its kind has to say, under its own name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from policies.answers import Outcomes, Problem, Severity, each, given
from policies.resource_types import IOT_POLICY
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from policies.values import Node
from territory import edge
from territory.model import EdgeKind, Territory

ITSELF: Final = "${iot:Connection.Thing.ThingName}"


def check(platform: Platform) -> Outcomes:
    """Compare what each policy allows with the topics that follow from the kinds and services declared."""
    t = platform.territory
    policies = {policy["name"].text(): policy for policy in platform.of(IOT_POLICY)}
    roles = {edge.role_name(t, kind) for kind in edge.kinds(t)}
    for name, policy in policies.items():
        if name not in roles:
            yield Problem("is the role of no kind of gateway that is declared", "name", subject=policy.urn)
    yield from each(edge.kinds(t), partial(_kind, t, policies))


def _kind(t: Territory, policies: Mapping[str, Resource], kind: EdgeKind) -> Outcomes:
    name = edge.role_name(t, kind)
    if name in policies:
        yield from _policy(t, policies[name], kind)
    else:
        yield Problem(f"have no policy {name} in the plan", subject=f"gateways of kind {kind}")


def _policy(t: Territory, policy: Resource, kind: EdgeKind) -> Outcomes:
    orders = edge.order_topic(t, ITSELF)
    allowed = {
        "iot:Connect": {f"client/{ITSELF}"},
        "iot:Publish": {f"topic/{edge.event_topic(t, ITSELF, service)}" for service in edge.services_of_kind(t, kind)},
        "iot:Subscribe": {f"topicfilter/{orders}"},
        "iot:Receive": {f"topic/{orders}"},
    }

    def judge(action: str, target: Node) -> Outcomes:
        named = target.text()
        if named.split(":", 5)[-1] not in allowed.get(action, set[str]()):
            yield Problem(f"allows {action} on {named}, which is not a {kind}'s own", "policy", subject=policy.urn)

    def judge_all(statement: Node) -> Outcomes:
        for everything_but in ("NotAction", "NotResource"):
            if statement[everything_but].exists:
                yield Problem(f"allows whatever {everything_but} leaves out", "policy", subject=policy.urn)
        for action in statement["Action"].items:
            yield from each(statement["Resource"].items, partial(judge, action.text()))

    yield from each(
        policy["policy"].json()["Statement"].items,
        lambda statement: given(lambda: statement["Effect"].text() == "Allow", lambda: judge_all(statement)),
    )


RULE = TerritoryRule(
    id="EDGE-102",
    title="A gateway's role speaks under its own name, for the services of its kind alone",
    severity=Severity.CRITICAL,
    rationale="With iot:* or a topic of another kind, one stolen gateway opens every crossing and empties every basin.",
    remediation="Allow iot:Connect, Publish, Subscribe and Receive on resources that hold "
    "${iot:Connection.Thing.ThingName} and the services of the kind.",
    check=check,
)
