"""aws.sqs.Queue, of the standard kind."""

from __future__ import annotations

from typing import Any, Final

from providers.logic import ProviderError
from twin.aws.documents import document, policy
from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.tags import TAGS, changed_tags, tags_record
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Property, Record, ResourceType
from twin.framework.values import Plain

MISSING: Final = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


def _text(value: Plain) -> Plain:
    """Attributes are texts, whatever they mean."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _switch(text: Plain) -> Plain:
    return text == "true"


def _number(name: str, path: str | None = None, **facts: Any) -> Property:
    return prop(name, path, encode=_text, decode=int, **facts)


def attributes(call: Call[Session], url: str) -> dict[str, Any] | None:
    """The queue's attributes; None when it is gone."""
    sqs = call.world.client("sqs")
    answer = unless_missing(lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]), *MISSING)
    return None if answer is None else answer["Attributes"]


def _url(call: Call[Session], name: str) -> str | None:
    sqs = call.world.client("sqs")
    return unless_missing(lambda: str(sqs.get_queue_url(QueueName=name)["QueueUrl"]), *MISSING)


def _create(call: Call[Session], inputs: Inputs) -> str:
    sqs, name = call.world.client("sqs"), inputs["name"]
    with call.world.turn(f"queue {name}"):
        # The API answers an equal queue that exists as if it had just been made.
        if _url(call, name) is not None:
            raise ProviderError(f"queue {name} already exists")
        asked = request(ATTRIBUTES, inputs)
        return str(sqs.create_queue(QueueName=name, Attributes=asked, tags=inputs.get("tagsAll") or {})["QueueUrl"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = attributes(call, id_)
    if found is None:
        return None
    tags = call.world.client("sqs").list_queue_tags(QueueUrl=id_).get("Tags", {})
    name = str(found["QueueArn"]).rsplit(":", 1)[-1]
    return {**found, "name": name, "url": id_, **tags_record(call.world, tags, known)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    sqs = call.world.client("sqs")
    touched = [item for item in ATTRIBUTES if item.name in changes.names]
    if touched:
        emptied = {item.path: "" for item in touched if changes.new.get(item.name) is None}
        sqs.set_queue_attributes(QueueUrl=id_, Attributes={**emptied, **request(touched, changes.new)})
    if changes.touch("tags", "tagsAll"):
        added, removed = changed_tags(changes.old, changes.new)
        if removed:
            sqs.untag_queue(QueueUrl=id_, TagKeys=removed)
        if added:
            sqs.tag_queue(QueueUrl=id_, Tags=added)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("sqs").delete_queue(QueueUrl=id_), *MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return _url(call, inputs["name"])


ATTRIBUTES: Final[tuple[Property, ...]] = (
    _number("delaySeconds", default=0, low=0, high=900, samples=(0, 60)),
    _number("maxMessageSize", "MaximumMessageSize", default=262144, low=1024, high=1048576, samples=(4096, 65536)),
    _number(
        "messageRetentionSeconds",
        "MessageRetentionPeriod",
        default=345600,
        low=60,
        high=1209600,
        samples=(1209600, 86400),
    ),
    _number("receiveWaitTimeSeconds", "ReceiveMessageWaitTimeSeconds", default=0, low=0, high=20, samples=(20, 0)),
    _number("visibilityTimeoutSeconds", "VisibilityTimeout", default=30, low=0, high=43200, samples=(60, 30)),
    prop(
        "kmsMasterKeyId",
        encode=_text,
        conflicts=("sqsManagedSseEnabled",),
        samples=(Given("key"), Given("other key")),
    ),
    _number("kmsDataKeyReusePeriodSeconds", computed=True, low=60, high=86400, samples=(600, 300)),
    prop(
        "sqsManagedSseEnabled",
        computed=True,
        encode=_text,
        decode=_switch,
        conflicts=("kmsMasterKeyId",),
        samples=(True, False),
    ),
    policy("policy", computed=True, samples=(Given("queue policy"), Given("other queue policy"))),
    document("redrivePolicy", samples=(Given("redrive"), Given("other redrive"))),
)

QUEUE = ResourceType[Session](
    "aws:sqs/queue:Queue",
    properties=(
        prop("name", "name", replaces=True, samples=("events-north", "events-south")),
        *ATTRIBUTES,
        *TAGS,
    ),
    outputs=(output("arn", "QueueArn"), output("url", "url")),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the queue's URL",
)
