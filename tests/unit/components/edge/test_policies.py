"""What gateways may say, judged as AWS IoT would: by putting the connection's thing into the policy."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from components.cloud.place import CloudPlace
from components.cloud.policy_documents import Document, to_json
from components.edge.policies import ITSELF, event_writer, gateway_policy, queue_policy, routing_sql, rule_trust
from components.retention import Environment, retention
from territory import edge
from territory.loader import load_territory
from territory.model import IDENTIFIER_PATTERN, EdgeKind, EdgeSite, Territory

BORDEAUX = load_territory("bordeaux")
ACCOUNT = "123456789012"
IDENTIFIERS = st.from_regex(IDENTIFIER_PATTERN, fullmatch=True).filter(lambda text: len(text) <= 40)
KINDS: tuple[EdgeKind, ...] = ("lamp-post", "pumping-station", "crossing")


def _place(territory: Territory = BORDEAUX) -> CloudPlace:
    provider: Any = None  # a policy names no provider
    region = territory.cloud_regions[0]
    return CloudPlace(provider, territory, region, ACCOUNT, retention(Environment.REHEARSAL))


def _allows(policy: Document, thing: str, action: str, resource: str) -> bool:
    """As AWS IoT decides for a connection whose certificate is attached to that thing."""
    return any(
        action in statement["Action"]
        and any(
            # A bracket is a letter to AWS, not a set of letters as it is to fnmatch.
            fnmatchcase(resource, re.sub(r"\[", "[[]", pattern.replace(ITSELF, thing)))
            for pattern in statement["Resource"]
        )
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
    )


def _says(thing: str, topic: str, kind: EdgeKind = "lamp-post") -> bool:
    return _allows(gateway_policy(_place(), kind), thing, "iot:Publish", _place().arn("iot", f"topic/{topic}"))


@given(IDENTIFIERS, IDENTIFIERS, st.sampled_from(KINDS), st.sampled_from(BORDEAUX.services))
def test_no_gateway_can_say_anything_in_anothers_name(mine: str, other: str, kind: EdgeKind, service: Any):
    assume(mine != other)
    me, you = (
        edge.thing_name(BORDEAUX, EdgeSite(id=id_, kind=kind, commune="33063", services=(service.id,)))
        for id_ in (mine, other)
    )
    policy, place = gateway_policy(_place(), kind), _place()

    assert not _says(me, edge.event_topic(BORDEAUX, you, service.id), kind)
    assert _says(me, edge.event_topic(BORDEAUX, me, service.id), kind) == (
        service.id in edge.services_of_kind(BORDEAUX, kind)
    )
    for action, resource in (
        ("iot:Connect", f"client/{you}"),
        ("iot:Subscribe", f"topicfilter/{edge.order_topic(BORDEAUX, you)}"),
        ("iot:Receive", f"topic/{edge.order_topic(BORDEAUX, you)}"),
    ):
        assert not _allows(policy, me, action, place.arn("iot", resource))
        assert _allows(policy, me, action, place.arn("iot", resource.replace(you, me)))


@pytest.mark.parametrize("wildcard", ["#", "+/#", "bordeaux/edge/+/orders", "bordeaux/#", "$aws/things/#"])
def test_no_gateway_can_listen_to_all(wildcard: str):
    for kind in KINDS:
        resource = _place().arn("iot", f"topicfilter/{wildcard}")
        assert not _allows(gateway_policy(_place(), kind), "bordeaux_lamp", "iot:Subscribe", resource)


def test_a_gateway_needs_a_certificate_that_belongs_to_a_thing():
    (connect,) = (s for s in gateway_policy(_place(), "crossing")["Statement"] if s["Action"] == ["iot:Connect"])

    assert connect["Condition"] == {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_fits_into_what_the_provider_takes(kind: EdgeKind):
    assert len(re.sub(r"\s", "", to_json(gateway_policy(_place(), kind)))) <= 2048


def test_every_event_reaches_the_rule_of_its_service_and_no_other():
    """A rule's topic filter, matched level by level as MQTT does."""
    filters = {
        service.id: routing_sql(BORDEAUX, service, 1).rpartition("FROM ")[2].strip("'").split("/")
        for service in edge.fed_services(BORDEAUX)
    }
    for site in BORDEAUX.edge_sites:
        thing = edge.thing_name(BORDEAUX, site)
        for service in site.services:
            said = edge.event_topic(BORDEAUX, thing, service).split("/")
            reached = [
                name
                for name, levels in filters.items()
                if len(levels) == len(said) and all(a in ("+", b) for a, b in zip(levels, said, strict=True))
            ]
            assert reached == [service]
            assert (said[edge.SITE_LEVEL - 1], said[edge.SERVICE_LEVEL - 1]) == (thing, service)


def test_a_rule_keeps_an_event_as_long_as_it_was_told():
    assert "floor(timestamp() / 1000) + 172800 AS expires" in routing_sql(BORDEAUX, BORDEAUX.services[0], 2)


def test_the_rules_only_add():
    policy = event_writer(_place(), ["arn:queue"], "arn:table", "arn:key")

    assert {action for statement in policy["Statement"] for action in statement["Action"]} == {
        "sqs:SendMessage",
        "dynamodb:PutItem",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }
    assert '"*"' not in json.dumps(policy)
    assert rule_trust(ACCOUNT)["Statement"][0]["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_a_queue_refuses_what_is_in_the_clear_and_strangers():
    statements = queue_policy("arn:queue", ACCOUNT)["Statement"]

    assert [statement["Effect"] for statement in statements] == ["Deny", "Deny"]
    assert [statement["Condition"] for statement in statements] == [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}},
    ]
