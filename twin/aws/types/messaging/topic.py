"""aws.sns.Topic."""

from __future__ import annotations

from typing import Any, Final

from providers.logic import ProviderError
from twin.aws.documents import document, policy
from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.tags import TAGS, as_list, as_map, changed_tags, tags_record
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType

MISSING: Final = ("NotFound", "NotFoundException", "ResourceNotFound")
ATTRIBUTES: Final = ("displayName", "kmsMasterKeyId", "policy", "deliveryPolicy")


def attributes(call: Call[Session], arn: str) -> dict[str, Any] | None:
    """The topic's attributes; None when it is gone."""
    sns = call.world.client("sns")
    return unless_missing(lambda: sns.get_topic_attributes(TopicArn=arn)["Attributes"], *MISSING)


def _create(call: Call[Session], inputs: Inputs) -> str:
    sns, name = call.world.client("sns"), inputs["name"]
    with call.world.turn(f"topic {name}"):
        # The API answers an equal topic that exists as if it had just been made.
        if attributes(call, call.world.arn("sns", name)) is not None:
            raise ProviderError(f"topic {name} already exists")
        asked = request(TOPIC.properties, inputs, ATTRIBUTES)
        return str(sns.create_topic(Name=name, Attributes=asked, Tags=as_list(inputs.get("tagsAll")))["TopicArn"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = attributes(call, id_)
    if found is None:
        return None
    tags = call.world.client("sns").list_tags_for_resource(ResourceArn=id_)["Tags"]
    kept = {key: value for key, value in found.items() if value != ""}
    return {**kept, "name": id_.rsplit(":", 1)[-1], **tags_record(call.world, as_map(tags), known)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    sns = call.world.client("sns")
    for item in TOPIC.properties:
        if item.name in ATTRIBUTES and item.name in changes.names:
            value = changes.new.get(item.name) or ""
            sns.set_topic_attributes(TopicArn=id_, AttributeName=item.path, AttributeValue=value)
    if changes.touch("tags", "tagsAll"):
        added, removed = changed_tags(changes.old, changes.new)
        if removed:
            sns.untag_resource(ResourceArn=id_, TagKeys=removed)
        if added:
            sns.tag_resource(ResourceArn=id_, Tags=as_list(added))


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("sns").delete_topic(TopicArn=id_), *MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    arn = call.world.arn("sns", inputs["name"])
    return None if attributes(call, arn) is None else arn


TOPIC = ResourceType[Session](
    "aws:sns/topic:Topic",
    properties=(
        prop("name", "name", replaces=True, samples=("alarms-north", "alarms-south")),
        prop("displayName", samples=("North", "South")),
        prop("kmsMasterKeyId", samples=(Given("key"), Given("other key"))),
        policy("policy", computed=True, samples=(Given("topic policy"), Given("other topic policy"))),
        document(
            "deliveryPolicy",
            samples=(
                '{"http":{"defaultHealthyRetryPolicy":{"numRetries":3}}}',
                '{"http":{"defaultHealthyRetryPolicy":{"numRetries":5}}}',
            ),
        ),
        *TAGS,
    ),
    outputs=(output("arn", "TopicArn"), output("owner")),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the topic's ARN",
)
