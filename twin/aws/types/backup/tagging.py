"""Tags of vaults and plans, by ARN."""

from __future__ import annotations

from twin.aws.session import Session
from twin.aws.tags import changed_tags, tags_record
from twin.framework.declaration import Call, Changes, Inputs
from twin.framework.values import Plain


def tags_of(call: Call[Session], arn: str, known: Inputs) -> dict[str, Plain]:
    """The part of a record that `TAGS` reads."""
    return tags_record(call.world, call.world.client("backup").list_tags(ResourceArn=arn).get("Tags", {}), known)


def update_tags(call: Call[Session], arn: str, changes: Changes) -> None:
    """Set and remove what differs."""
    if not changes.touch("tags", "tagsAll"):
        return
    backup = call.world.client("backup")
    added, removed = changed_tags(changes.old, changes.new)
    if removed:
        backup.untag_resource(ResourceArn=arn, TagKeyList=removed)
    if added:
        backup.tag_resource(ResourceArn=arn, Tags=added)
