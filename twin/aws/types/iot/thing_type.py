"""aws.iot.ThingType."""

from __future__ import annotations

from botocore.exceptions import ClientError

from twin.aws.session import Session
from twin.aws.spec import code_of, output, prop, request, unless_missing, wait_until
from twin.aws.tags import TAGS, as_list
from twin.aws.types.iot.tagging import MISSING, lean, tags_of, update_tags
from twin.framework.declaration import Call, Changes, Found, Inputs, Record, ResourceType

TOO_SOON = "Please wait for 5 minutes after deprecation"


def _create(call: Call[Session], inputs: Inputs) -> str:
    arguments = request(THING_TYPE.properties, inputs, ("name", "properties"))
    made = call.world.client("iot").create_thing_type(**arguments, tags=as_list(inputs.get("tagsAll")))
    return str(made["thingTypeName"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    if inputs.get("deprecated"):
        call.world.client("iot").deprecate_thing_type(thingTypeName=id_)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    iot = call.world.client("iot")
    found = unless_missing(lambda: iot.describe_thing_type(thingTypeName=id_), MISSING)
    if found is None:
        return None
    properties = lean(found.get("thingTypeProperties") or {})
    return {**found, "thingTypeProperties": properties, **tags_of(call, found["thingTypeArn"], known)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    if changes.touch("deprecated"):
        undo = not changes.new.get("deprecated")
        call.world.client("iot").deprecate_thing_type(thingTypeName=id_, undoDeprecate=undo)
    update_tags(call, changes.old["arn"], changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    iot = call.world.client("iot")
    deprecated = unless_missing(lambda: iot.deprecate_thing_type(thingTypeName=id_), MISSING)
    if deprecated is None:
        return

    def gone() -> bool:
        try:
            unless_missing(lambda: iot.delete_thing_type(thingTypeName=id_), MISSING)
        except ClientError as error:
            if code_of(error) == "InvalidRequestException" and TOO_SOON in str(error):
                return False
            raise
        return True

    wait_until(call.deadline, f"waiting until thing type {id_} may be deleted after its deprecation", gone)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return None if _read(call, inputs["name"], {}) is None else str(inputs["name"])


THING_TYPE = ResourceType[Session](
    "aws:iot/thingType:ThingType",
    properties=(
        prop("name", "thingTypeName", replaces=True, samples=("lamp-post", "gateway")),
        prop(
            "properties",
            "thingTypeProperties",
            replaces=True,
            fields=(
                prop("description", "thingTypeDescription", replaces=True),
                prop("searchableAttributes", "searchableAttributes", replaces=True, computed=True, unordered=True),
            ),
            samples=(
                {"description": "a post", "searchableAttributes": ["street", "commune"]},
                {"description": "a mast"},
            ),
        ),
        prop("deprecated", "thingTypeMetadata.deprecated", default=False, samples=(False, True, False)),
        *TAGS,
    ),
    outputs=(output("arn", "thingTypeArn"),),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the type's name",
    timeout=420.0,
)
