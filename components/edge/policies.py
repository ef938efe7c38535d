"""What a gateway may say, what the rules that carry its events ask for, and what they may do."""

from __future__ import annotations

from collections.abc import Sequence

from components.cloud.place import CloudPlace
from components.cloud.policy_documents import ANYBODY, Document, Statement, document, service_trust, statement
from territory import edge
from territory.model import EdgeKind, Service, Territory

ITSELF = "${iot:Connection.Thing.ThingName}"
"""Whoever is connected: AWS IoT puts the thing's name here, from the certificate it came with."""

RULE_SERVICE = "iot.amazonaws.com"


def gateway_policy(place: CloudPlace, kind: EdgeKind) -> Document:
    """A gateway connects as itself, feeds the services of its kind under its own name, and hears its orders.

    One document for all gateways of a kind: the name is the connection's own, so that no gateway can speak for another.
    """
    t = place.territory
    said = [place.arn("iot", f"topic/{edge.event_topic(t, ITSELF, s)}") for s in edge.services_of_kind(t, kind)]
    orders = edge.order_topic(t, ITSELF)
    return document(
        statement(
            "ConnectAsItself",
            ["iot:Connect"],
            [place.arn("iot", f"client/{ITSELF}")],
            conditions={"Bool": {"iot:Connection.Thing.IsAttached": "true"}},
        ),
        statement("SayItsOwnEvents", ["iot:Publish"], said),
        statement("AskForItsOrders", ["iot:Subscribe"], [place.arn("iot", f"topicfilter/{orders}")]),
        statement("HearItsOrders", ["iot:Receive"], [place.arn("iot", f"topic/{orders}")]),
    )


def routing_sql(t: Territory, service: Service, keep_days: int) -> str:
    """The events of one service, whoever said them, each with where it came from, a key of its own and its last day."""
    columns = (
        "*",
        f"topic({edge.SITE_LEVEL}) AS thing",
        f"topic({edge.SERVICE_LEVEL}) AS service",
        "concat(timestamp(), '-', newuuid()) AS event",
        f"floor(timestamp() / 1000) + {keep_days * 86_400} AS expires",
    )
    return " ".join(("SELECT", ", ".join(columns), "FROM", f"'{edge.event_topic(t, edge.ANY_THING, service.id)}'"))


def rule_trust(account_id: str) -> Document:
    """Only rules of this account may act with the role."""
    return service_trust(RULE_SERVICE, {"StringEquals": {"aws:SourceAccount": account_id}})


def event_writer(place: CloudPlace, queue_arns: Sequence[str], table_arn: str, key_arn: str) -> Document:
    """Adds events to these queues and this table, encrypted with this key; reads and deletes nothing."""
    services = [f"{service}.{place.region.provider_region}.amazonaws.com" for service in ("sqs", "dynamodb")]
    return document(
        statement("HandOn", ["sqs:SendMessage"], queue_arns),
        statement("Keep", ["dynamodb:PutItem"], [table_arn]),
        statement(
            "Encrypt",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [key_arn],
            conditions={"StringEquals": {"kms:ViaService": services}},
        ),
    )


def queue_policy(queue_arn: str, account_id: str) -> Document:
    """Nobody reaches a queue in the clear, and nobody from elsewhere at all."""
    return document(
        _refused("OnlyOverTls", queue_arn, "Bool", "aws:SecureTransport", "false"),
        _refused("OnlyThisAccount", queue_arn, "StringNotEquals", "aws:PrincipalAccount", account_id),
    )


def _refused(sid: str, queue_arn: str, operator: str, key: str, value: str) -> Statement:
    return statement(sid, ["sqs:*"], [queue_arn], effect="Deny", principal=ANYBODY, conditions={operator: {key: value}})
