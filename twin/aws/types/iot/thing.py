"""aws.iot.Thing."""

from __future__ import annotations

from typing import Any

from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.types.iot.tagging import MISSING
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType


def _create(call: Call[Session], inputs: Inputs) -> str:
    return str(call.world.client("iot").create_thing(**request(THING.properties, inputs))["thingName"])


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    return unless_missing(lambda: call.world.client("iot").describe_thing(thingName=id_), MISSING)


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    arguments: dict[str, Any] = {}
    if changes.touch("attributes"):
        arguments["attributePayload"] = {"attributes": changes.new.get("attributes") or {}, "merge": False}
    if changes.touch("thingTypeName"):
        type_ = changes.new.get("thingTypeName")
        arguments.update({"thingTypeName": type_} if type_ else {"removeThingType": True})
    call.world.client("iot").update_thing(thingName=id_, **arguments)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("iot").delete_thing(thingName=id_), MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _read(call, inputs["name"], {}) is None else str(inputs["name"])


THING = ResourceType[Session](
    "aws:iot/thing:Thing",
    properties=(
        prop("name", "thingName", replaces=True, samples=("post-1", "post-2")),
        prop(
            "attributes",
            write="attributePayload.attributes",
            read="attributes",
            samples=({"street": "quai-nord"}, {"street": "quai-sud", "owner": "city"}, {"owner": "city"}),
        ),
        prop("thingTypeName", "thingTypeName", samples=(Given("thing type"), Given("other thing type"))),
    ),
    outputs=(
        output("arn", "thingArn"),
        output("defaultClientId", "defaultClientId"),
        output("version", "version", volatile=True),
    ),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the thing's name",
)
