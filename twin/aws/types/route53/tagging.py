"""Tags of zones and health checks."""

from __future__ import annotations

from typing import Any

from twin.aws.session import Session
from twin.aws.tags import as_list, as_map, changed_tags
from twin.framework.declaration import Call, Inputs


def tags_of(call: Call[Session], kind: str, id_: str) -> dict[str, str]:
    """The tags of a `hostedzone` or a `healthcheck`."""
    answer = call.world.client("route53").list_tags_for_resource(ResourceType=kind, ResourceId=id_)
    return as_map(answer["ResourceTagSet"]["Tags"])


def write_tags(call: Call[Session], kind: str, id_: str, old: Inputs, new: Inputs) -> None:
    """Set and remove what differs."""
    added, removed = changed_tags(old, new)
    arguments: dict[str, Any] = {"AddTags": as_list(added)} if added else {}
    if removed:
        arguments["RemoveTagKeys"] = removed
    if arguments:
        call.world.client("route53").change_tags_for_resource(ResourceType=kind, ResourceId=id_, **arguments)
