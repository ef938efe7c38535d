"""aws.cloudwatch.LogGroup."""

from __future__ import annotations

from typing import Any, Final

from twin.aws.session import Session
from twin.aws.spec import every, output, prop, request, unless_missing
from twin.aws.tags import TAGS, changed_tags, tags_record
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Kept, Record, ResourceType

MISSING: Final = "ResourceNotFoundException"
RETENTIONS: Final = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""Days; 0 keeps events for ever."""


def _create(call: Call[Session], inputs: Inputs) -> str:
    arguments: dict[str, Any] = request(LOG_GROUP.properties, inputs, ("name", "kmsKeyId"))
    if inputs.get("tagsAll"):
        arguments["tags"] = dict(inputs["tagsAll"])
    call.world.client("logs").create_log_group(**arguments)
    return str(inputs["name"])


def _retain(call: Call[Session], id_: str, inputs: Inputs) -> None:
    logs, days = call.world.client("logs"), inputs.get("retentionInDays")
    if days:
        logs.put_retention_policy(logGroupName=id_, retentionInDays=days)
    else:
        logs.delete_retention_policy(logGroupName=id_)


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    if inputs.get("retentionInDays"):
        _retain(call, id_, inputs)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    logs = call.world.client("logs")
    listed = every(logs, "describe_log_groups", "logGroups", logGroupNamePrefix=id_)
    found = next((item for item in listed if item["logGroupName"] == id_), None)
    if found is None:
        return None
    arn = str(found["arn"]).removesuffix(":*")
    tags = logs.list_tags_for_resource(resourceArn=arn)["tags"]
    return {**found, "arn": arn, **tags_record(call.world, tags, known)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    logs = call.world.client("logs")
    if changes.touch("retentionInDays"):
        _retain(call, id_, changes.new)
    if changes.touch("kmsKeyId"):
        key = changes.new.get("kmsKeyId")
        if key:
            logs.associate_kms_key(logGroupName=id_, kmsKeyId=key)
        else:
            logs.disassociate_kms_key(logGroupName=id_)
    if changes.touch("tags", "tagsAll"):
        added, removed = changed_tags(changes.old, changes.new)
        if removed:
            logs.untag_resource(resourceArn=changes.old["arn"], tagKeys=removed)
        if added:
            logs.tag_resource(resourceArn=changes.old["arn"], tags=added)


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    if not known.get("skipDestroy"):
        unless_missing(lambda: call.world.client("logs").delete_log_group(logGroupName=id_), MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _read(call, inputs["name"], {}) is None else str(inputs["name"])


LOG_GROUP = ResourceType[Session](
    "aws:cloudwatch/logGroup:LogGroup",
    properties=(
        prop("name", "logGroupName", replaces=True, samples=("/north/flows", "/south/flows")),
        prop("kmsKeyId", "kmsKeyId", samples=(Given("key arn"), Given("other key arn"))),
        prop("retentionInDays", "retentionInDays", default=0, allowed=RETENTIONS, samples=(30, 365, 7)),
        prop("skipDestroy", "", kept=Kept.STATE, default=False, samples=(False,)),
        *TAGS,
    ),
    outputs=(output("arn", "arn"),),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the group's name",
)
