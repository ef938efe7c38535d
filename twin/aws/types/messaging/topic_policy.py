"""aws.sns.TopicPolicy."""

from __future__ import annotations

import json
from typing import Final

from providers.logic import ProviderError
from twin.aws.documents import policy
from twin.aws.session import Session
from twin.aws.spec import output, prop
from twin.aws.types.messaging.topic import attributes
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType

OWN: Final = "__default_policy_ID"
"""The id of the policy that a topic is born with."""


def _default(call: Call[Session], arn: str) -> str:
    """The policy a topic has while nobody gives it one: its own account may do everything with it."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [
            f"SNS:{action}"
            for action in (
                "GetTopicAttributes",
                "SetTopicAttributes",
                "AddPermission",
                "RemovePermission",
                "DeleteTopic",
                "Subscribe",
                "ListSubscriptionsByTopic",
                "Publish",
            )
        ],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": call.world.account}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": OWN, "Statement": [statement]})


def _write(call: Call[Session], arn: str, text: str) -> None:
    call.world.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=text)


def _create(call: Call[Session], inputs: Inputs) -> str:
    arn = str(inputs["arn"])
    with call.world.turn(f"policy of {arn}"):
        if _read(call, arn, inputs) is not None:
            raise ProviderError(f"a policy of topic {arn} already exists")
        _write(call, arn, inputs["policy"])
    return arn


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    found = attributes(call, id_)
    if found is None or json.loads(found["Policy"]).get("Id") == OWN:
        return None
    return {"arn": found["TopicArn"], "Policy": found["Policy"], "Owner": found["Owner"]}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    _write(call, id_, changes.new["policy"])


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    if attributes(call, id_) is not None:
        _write(call, id_, _default(call, id_))


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _read(call, inputs["arn"], inputs) is None else str(inputs["arn"])


TOPIC_POLICY = ResourceType[Session](
    "aws:sns/topicPolicy:TopicPolicy",
    properties=(
        prop("arn", "arn", replaces=True, samples=(Given("topic"), Given("other topic"))),
        policy("policy", samples=(Given("topic policy"), Given("other topic policy"))),
    ),
    outputs=(output("owner"),),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("arn",),
    import_syntax="the topic's ARN",
)
