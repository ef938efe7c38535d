"""Where the events of the edge fleet arrive: a queue a service, one store, and the rules that carry them there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.place import CloudPlace
from components.cloud.policy_documents import to_json
from components.cloud.service_role import ServiceRole, ServiceRoleArgs
from components.edge.policies import event_writer, gateway_policy, queue_policy, routing_sql, rule_trust
from territory import edge
from territory.model import EdgeKind, Service

QUEUED_SECONDS = 14 * 86_400
"""The longest a queue keeps what nobody took: a service that is down for two weeks has lost nothing."""
TRIES = 5
"""A message that was taken so often and never done is put aside."""
WORKED_ON_SECONDS = 60
"""A message that was taken is hidden from others for so long."""

UNDELIVERED = "undelivered"
"""What could not be routed, stored or handled."""


@dataclass(frozen=True)
class EventHubArgs:
    """What an `EventHub` is made of."""

    place: CloudPlace
    """The region the fleet is joined to."""
    key_arn: pulumi.Input[str]
    """Encrypts queues and store."""
    boundary_arn: pulumi.Input[str]
    """The boundary of the rules' role."""


@dataclass(frozen=True)
class Hub:
    """An event hub that stands, seen by the fleets that join it and the services it feeds."""

    type_names: Mapping[EdgeKind, pulumi.Input[str]]
    """Kind of edge site to its thing type."""
    policy_names: Mapping[EdgeKind, pulumi.Input[str]]
    """Kind of edge site to what its gateways may say."""
    group_name: pulumi.Input[str]
    """The group of all things."""
    queue_urls: Mapping[str, pulumi.Input[str]]
    """Service to the queue it takes its events from; `undelivered` to the one people look into."""
    table_name: pulumi.Input[str]
    """The store of all events."""


class EventHub(pulumi.ComponentResource):
    """Thing types, gateway policies, queues, store and rules of a territory: one for the whole of it."""

    hub: Hub

    def __init__(self, name: str, args: EventHubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:EventHub", name, {}, opts)
        self._name, self._args = name, args
        self._territory = args.place.territory
        services = edge.fed_services(self._territory)
        put_aside = self._queue(UNDELIVERED)
        queues = {service.id: self._queue(service.id, put_aside) for service in services}
        table = self._table()
        role_arn = self._role([*queues, UNDELIVERED])
        for service in services:
            self._rule(service, queues[service.id], put_aside, table, role_arn)
        self.hub = Hub(
            type_names={kind: self._thing_type(kind) for kind in edge.kinds(self._territory)},
            policy_names={kind: self._policy(kind) for kind in edge.kinds(self._territory)},
            group_name=self._group(),
            queue_urls={id_: queue.url for id_, queue in {**queues, UNDELIVERED: put_aside}.items()},
            table_name=table.name,
        )
        self.register_outputs({"queueUrls": self.hub.queue_urls, "tableName": self.hub.table_name})

    def _queue(self, what: str, put_aside: aws.sqs.Queue | None = None) -> aws.sqs.Queue:
        place, name = self._args.place, f"{self._name}-{what}"
        queue_name = f"{place.territory.name}-{what}-events"
        redrive = put_aside.arn.apply(_redrive) if put_aside else None
        queue = aws.sqs.Queue(
            f"{name}-queue",
            name=queue_name,
            kms_master_key_id=self._args.key_arn,
            message_retention_seconds=QUEUED_SECONDS,
            visibility_timeout_seconds=WORKED_ON_SECONDS,
            redrive_policy=redrive,
            tags={"Name": f"{name}-queue"},
            opts=place.options(self, holds_state=True),
        )
        aws.sqs.QueuePolicy(
            f"{name}-policy",
            queue_url=queue.url,
            # The name is ours, so the policy needs no answer of the provider and shows in a preview.
            policy=to_json(queue_policy(place.arn("sqs", queue_name), place.account_id)),
            opts=place.options(self),
        )
        return queue

    def _table(self) -> aws.dynamodb.Table:
        place, name = self._args.place, f"{self._name}-table"
        return aws.dynamodb.Table(
            name,
            name=place.name("events"),
            billing_mode="PAY_PER_REQUEST",
            hash_key="thing",
            range_key="event",
            attributes=[
                aws.dynamodb.TableAttributeArgs(name="thing", type="S"),
                aws.dynamodb.TableAttributeArgs(name="event", type="S"),
            ],
            ttl=aws.dynamodb.TableTtlArgs(attribute_name="expires", enabled=True),
            server_side_encryption=aws.dynamodb.TableServerSideEncryptionArgs(
                enabled=True, kms_key_arn=self._args.key_arn
            ),
            point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
            deletion_protection_enabled=place.retention.protect,
            tags={"Name": name},
            opts=place.options(self, holds_state=True),
        )

    def _role(self, queues: Sequence[str]) -> pulumi.Output[str]:
        place = self._args.place
        # The names are ours, so the policy needs no answer of the provider and shows in a preview.
        queue_arns = [place.arn("sqs", f"{place.territory.name}-{what}-events") for what in queues]
        table_arn = place.arn("dynamodb", f"table/{place.name('events')}")
        key_arn = pulumi.Output.from_input(self._args.key_arn)
        return ServiceRole(
            f"{self._name}-rules",
            ServiceRoleArgs(
                place=place,
                what="events",
                trust=rule_trust(place.account_id),
                may=key_arn.apply(lambda key: event_writer(place, queue_arns, table_arn, key)),
                boundary_arn=self._args.boundary_arn,
            ),
            pulumi.ResourceOptions(parent=self),
        ).arn

    def _rule(
        self,
        service: Service,
        queue: aws.sqs.Queue,
        put_aside: aws.sqs.Queue,
        table: aws.dynamodb.Table,
        role_arn: pulumi.Output[str],
    ) -> None:
        place, name = self._args.place, f"{self._name}-{service.id}-rule"
        aws.iot.TopicRule(
            name,
            name=edge.rule_name(self._territory, service),
            description=f"Events for {service.id}",
            enabled=True,
            sql=routing_sql(self._territory, service, place.retention.log_days),
            sql_version="2016-03-23",
            sqs=[aws.iot.TopicRuleSqsArgs(queue_url=queue.url, role_arn=role_arn, use_base64=False)],
            dynamodbv2s=[
                aws.iot.TopicRuleDynamodbv2Args(
                    role_arn=role_arn, put_item=aws.iot.TopicRuleDynamodbv2PutItemArgs(table_name=table.name)
                )
            ],
            error_action=aws.iot.TopicRuleErrorActionArgs(
                sqs=aws.iot.TopicRuleErrorActionSqsArgs(queue_url=put_aside.url, role_arn=role_arn, use_base64=False)
            ),
            tags={"Name": name},
            opts=place.options(self),
        )

    def _thing_type(self, kind: EdgeKind) -> pulumi.Output[str]:
        name = f"{self._name}-{kind}-type"
        return aws.iot.ThingType(
            name,
            name=edge.role_name(self._territory, kind),
            properties=aws.iot.ThingTypePropertiesArgs(
                description=f"Gateway of a {kind}", searchable_attributes=["commune", "sector"]
            ),
            tags={"Name": name},
            opts=self._args.place.options(self),
        ).name

    def _policy(self, kind: EdgeKind) -> pulumi.Output[str]:
        name, place = f"{self._name}-{kind}-gateways", self._args.place
        return aws.iot.Policy(
            name,
            name=edge.role_name(self._territory, kind),
            policy=to_json(gateway_policy(place, kind)),
            tags={"Name": name},
            opts=place.options(self),
        ).name

    def _group(self) -> pulumi.Output[str]:
        name = f"{self._name}-things"
        return aws.iot.ThingGroup(
            name,
            name=edge.group_name(self._territory),
            properties=aws.iot.ThingGroupPropertiesArgs(description="Every gateway of the territory"),
            tags={"Name": name},
            opts=self._args.place.options(self),
        ).name


def _redrive(arn: str) -> str:
    return to_json({"deadLetterTargetArn": arn, "maxReceiveCount": TRIES})
