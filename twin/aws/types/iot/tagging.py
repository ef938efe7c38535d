"""Tags of what AWS IoT keeps, by ARN."""

from __future__ import annotations

from typing import Any, Final

from twin.aws.session import Session
from twin.aws.spec import every
from twin.aws.tags import as_list, as_map, changed_tags, tags_record
from twin.framework.declaration import Call, Changes, Inputs
from twin.framework.values import Plain, is_zero

MISSING: Final = "ResourceNotFoundException"


def tags_of(call: Call[Session], arn: str, known: Inputs) -> dict[str, Plain]:
    """The part of a record that `TAGS` reads."""
    iot = call.world.client("iot")
    return tags_record(call.world, as_map(every(iot, "list_tags_for_resource", "tags", resourceArn=arn)), known)


def update_tags(call: Call[Session], arn: str, changes: Changes) -> None:
    """Set and remove what differs."""
    if not changes.touch("tags", "tagsAll"):
        return
    iot = call.world.client("iot")
    added, removed = changed_tags(changes.old, changes.new)
    if removed:
        iot.untag_resource(resourceArn=arn, tagKeys=removed)
    if added:
        iot.tag_resource(resourceArn=arn, tags=as_list(added))


def lean(value: Any) -> Any:
    """The value without what means nothing: AWS IoT answers empty texts and lists for what was never set."""
    if not isinstance(value, dict):
        return value
    parts = {key: lean(part) for key, part in value.items()}
    return {key: part for key, part in parts.items() if not is_zero(part)}
