"""aws.iot.ThingGroup."""

from __future__ import annotations

from typing import Any

from providers.logic import ProviderError
from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.tags import TAGS, as_list
from twin.aws.types.iot.tagging import MISSING, lean, tags_of, update_tags
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType


def _create(call: Call[Session], inputs: Inputs) -> str:
    iot, name = call.world.client("iot"), inputs["name"]
    with call.world.turn(f"thing group {name}"):
        # The API answers an equal group that exists as if it had just been made.
        if unless_missing(lambda: iot.describe_thing_group(thingGroupName=name), MISSING) is not None:
            raise ProviderError(f"thing group {name} already exists")
        arguments = request(THING_GROUP.properties, inputs, ("name", "parentGroupName", "properties"))
        return str(iot.create_thing_group(**arguments, tags=as_list(inputs.get("tagsAll")))["thingGroupName"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    iot = call.world.client("iot")
    found = unless_missing(lambda: iot.describe_thing_group(thingGroupName=id_), MISSING)
    if found is None:
        return None
    properties = lean(found.get("thingGroupProperties") or {})
    metadata = found.get("thingGroupMetadata") or {}
    return {
        **found,
        "thingGroupProperties": properties,
        "parentGroupName": metadata.get("parentGroupName"),
        "metadatas": [_metadata(metadata)],
        **tags_of(call, found["thingGroupArn"], known),
    }


def _metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    above = metadata.get("rootToParentThingGroups") or []
    told: dict[str, Any] = {"creationDate": metadata["creationDate"].isoformat()}
    if above:
        told["parentGroupName"] = metadata["parentGroupName"]
        told["rootToParentGroups"] = [{"groupName": item["groupName"], "groupArn": item["groupArn"]} for item in above]
    return told


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    if changes.touch("properties"):
        asked = request(THING_GROUP.properties, changes.new, ("properties",)).get("thingGroupProperties", {})
        everything = {"thingGroupDescription": "", "attributePayload": {"attributes": {}, "merge": False}, **asked}
        call.world.client("iot").update_thing_group(thingGroupName=id_, thingGroupProperties=everything)
    update_tags(call, changes.old["arn"], changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("iot").delete_thing_group(thingGroupName=id_), MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _read(call, inputs["name"], {}) is None else str(inputs["name"])


THING_GROUP = ResourceType[Session](
    "aws:iot/thingGroup:ThingGroup",
    properties=(
        prop("name", "thingGroupName", replaces=True, samples=("north", "south")),
        prop(
            "parentGroupName",
            "parentGroupName",
            replaces=True,
            samples=(Given("thing group"), Given("other thing group")),
        ),
        prop(
            "properties",
            "thingGroupProperties",
            fields=(
                prop("description", "thingGroupDescription"),
                prop("attributePayload", "attributePayload", fields=(prop("attributes", "attributes"),)),
            ),
            samples=(
                {"description": "posts", "attributePayload": {"attributes": {"quarter": "north"}}},
                {"attributePayload": {"attributes": {"quarter": "south", "owner": "city"}}},
                {"description": "masts"},
            ),
        ),
        *TAGS,
    ),
    outputs=(
        output("arn", "thingGroupArn"),
        output("version", "version", volatile=True),
        output("metadatas", "metadatas"),
    ),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the group's name",
)
