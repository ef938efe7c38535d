"""aws.cloudtrail.Trail."""

from __future__ import annotations

from typing import Any, Final

from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.aws.tags import TAGS, as_list, as_map, changed_tags, tags_record
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Property, Record, ResourceType

MISSING: Final = "TrailNotFoundException"
OF_THE_TRAIL: Final = (
    "name", "s3BucketName", "s3KeyPrefix", "cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn",
    "enableLogFileValidation", "includeGlobalServiceEvents", "isMultiRegionTrail", "kmsKeyId", "snsTopicName",
)  # fmt: skip
TEXTS: Final = ("s3KeyPrefix", "cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn", "kmsKeyId", "snsTopicName")
SELECTORS: Final = ("eventSelectors", "advancedEventSelectors")
EVERYTHING: Final = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
"""What a trail records when nobody said what."""

EVENT_SELECTOR: Final[tuple[Property, ...]] = (
    prop("readWriteType", default="All", allowed=("ReadOnly", "WriteOnly", "All")),
    prop("includeManagementEvents", default=True),
    prop("excludeManagementEventSources", unordered=True),
    prop("dataResources", fields=(prop("type"), prop("values"))),
)
FIELD_SELECTOR: Final[tuple[Property, ...]] = (
    prop("field"),
    prop("equals"),
    prop("notEquals"),
    prop("startsWiths", "StartsWith"),
    prop("notStartsWiths", "NotStartsWith"),
    prop("endsWiths", "EndsWith"),
    prop("notEndsWiths", "NotEndsWith"),
)


def _create(call: Call[Session], inputs: Inputs) -> str:
    arguments = request(TRAIL.properties, inputs, OF_THE_TRAIL)
    made = call.world.client("cloudtrail").create_trail(**arguments, TagsList=as_list(inputs.get("tagsAll")))
    return str(made["TrailARN"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    if inputs.get("enableLogging"):
        call.world.client("cloudtrail").start_logging(Name=id_)
    if any(inputs.get(name) for name in SELECTORS):
        _select(call, id_, inputs)


def _select(call: Call[Session], id_: str, inputs: Inputs) -> None:
    given = request(TRAIL.properties, inputs, [name for name in SELECTORS if inputs.get(name)])
    call.world.client("cloudtrail").put_event_selectors(TrailName=id_, **(given or {"EventSelectors": EVERYTHING}))


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    cloudtrail = call.world.client("cloudtrail")
    found = unless_missing(lambda: cloudtrail.get_trail(Name=id_)["Trail"], MISSING)
    if found is None:
        return None
    arn = found["TrailARN"]
    selectors: dict[str, Any] = {}
    # One that selects what every trail does counts as not custom.
    if found.get("HasCustomEventSelectors") or known.get("eventSelectors"):
        answer = cloudtrail.get_event_selectors(TrailName=arn)
        selectors = {key: answer[key] for key in ("EventSelectors", "AdvancedEventSelectors") if answer.get(key)}
    tags = cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"]
    return {
        **found,
        **selectors,
        "enableLogging": cloudtrail.get_trail_status(Name=arn)["IsLogging"],
        **tags_record(call.world, as_map(tags), known),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    cloudtrail, new = call.world.client("cloudtrail"), changes.new
    if changes.touch(*OF_THE_TRAIL):
        # A setting is taken away by an empty text, and both settings of log groups are only taken together.
        emptied = {name: "" for name in TEXTS if name in changes.names and not new.get(name)}
        logs = {"cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn"}
        names = changes.names | (logs if changes.touch(*logs) else set())
        chosen = [name for name in OF_THE_TRAIL if name in names and name != "name"]
        cloudtrail.update_trail(Name=id_, **request(TRAIL.properties, {**new, **emptied}, chosen))
    if changes.touch("enableLogging"):
        (cloudtrail.start_logging if new.get("enableLogging") else cloudtrail.stop_logging)(Name=id_)
    if changes.touch(*SELECTORS):
        _select(call, id_, new)
    if changes.touch("tags", "tagsAll"):
        added, removed = changed_tags(changes.old, new)
        if removed:
            gone = {key: changes.old["tagsAll"][key] for key in removed}
            cloudtrail.remove_tags(ResourceId=id_, TagsList=as_list(gone))
        if added:
            cloudtrail.add_tags(ResourceId=id_, TagsList=as_list(added))


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("cloudtrail").delete_trail(Name=id_), MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    cloudtrail = call.world.client("cloudtrail")
    found = unless_missing(lambda: cloudtrail.get_trail(Name=inputs["name"])["Trail"], MISSING)
    return None if found is None else str(found["TrailARN"])


TRAIL = ResourceType[Session](
    "aws:cloudtrail/trail:Trail",
    properties=(
        prop("name", replaces=True, samples=("events-north", "events-south")),
        prop("s3BucketName", "S3BucketName", samples=(Given("trail bucket"), Given("other trail bucket"))),
        prop("s3KeyPrefix", "S3KeyPrefix", samples=("north", "south")),
        prop(
            "cloudWatchLogsGroupArn",
            "CloudWatchLogsLogGroupArn",
            samples=(Given("trail log group"), Given("other trail log group")),
        ),
        prop("cloudWatchLogsRoleArn", samples=(Given("trail role"), Given("other trail role"))),
        prop("enableLogFileValidation", read="LogFileValidationEnabled", default=False, samples=(True, False)),
        prop("enableLogging", "", read="enableLogging", default=True, samples=(True, False, True)),
        prop("includeGlobalServiceEvents", default=True, samples=(True, False)),
        prop("isMultiRegionTrail", default=False, samples=(False, True)),
        prop("kmsKeyId", samples=(Given("key arn"), Given("other key arn"))),
        prop("snsTopicName", samples=(Given("topic name"), Given("other topic name"))),
        prop(
            "eventSelectors",
            fields=EVENT_SELECTOR,
            conflicts=("advancedEventSelectors",),
            samples=(
                [{"readWriteType": "WriteOnly"}],
                [{"dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}]}],
                [{"includeManagementEvents": True}],
            ),
        ),
        prop(
            "advancedEventSelectors",
            conflicts=("eventSelectors",),
            fields=(prop("name"), prop("fieldSelectors", unordered=True, fields=FIELD_SELECTOR)),
            samples=(
                [
                    {
                        "name": "objects",
                        "fieldSelectors": [
                            {"field": "eventCategory", "equals": ["Data"]},
                            {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                        ],
                    }
                ],
                [{"name": "management", "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]}],
            ),
        ),
        *TAGS,
    ),
    outputs=(output("arn", "TrailARN"), output("homeRegion"), output("snsTopicArn", "SnsTopicARN")),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the trail's ARN",
)
