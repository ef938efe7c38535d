"""aws.guardduty.Detector: one a region."""

from __future__ import annotations

from typing import Final

from botocore.exceptions import ClientError

from twin.aws.session import Session
from twin.aws.spec import code_of, every, output, prop, request
from twin.aws.tags import TAGS, changed_tags, is_ours, tags_record
from twin.framework.declaration import Call, Changes, Found, Inputs, Property, Record, ResourceType
from twin.framework.values import Plain

NOT_OURS: Final = "not owned by the current account"
"""GuardDuty calls a detector that is not there one of somebody else."""

DATA_SOURCES: Final[tuple[Property, ...]] = (
    prop("s3Logs", fields=(prop("enable"),)),
    prop("kubernetes", fields=(prop("auditLogs", fields=(prop("enable"),)),)),
)


SETTINGS: Final = ("enable", "findingPublishingFrequency", "datasources")


def _create(call: Call[Session], inputs: Inputs) -> str:
    asked = request(DETECTOR.properties, inputs, SETTINGS)
    made = call.world.client("guardduty").create_detector(**asked, Tags=dict(inputs.get("tagsAll") or {}))
    return str(made["DetectorId"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    try:
        found = call.world.client("guardduty").get_detector(DetectorId=id_)
    except ClientError as error:
        if code_of(error) == "BadRequestException" and NOT_OURS in str(error):
            return None
        raise
    return {
        **found,
        "Enable": found["Status"] == "ENABLED",
        "accountId": call.world.account,
        "arn": call.world.arn("guardduty", f"detector/{id_}"),
        **tags_record(call.world, found.get("Tags", {}), known),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    guardduty = call.world.client("guardduty")
    if changes.touch(*SETTINGS):
        asked = request(DETECTOR.properties, changes.new, changes.names & set(SETTINGS))
        guardduty.update_detector(DetectorId=id_, **asked)
    if changes.touch("tags", "tagsAll"):
        added, removed = changed_tags(changes.old, changes.new)
        if removed:
            guardduty.untag_resource(ResourceArn=changes.old["arn"], TagKeys=removed)
        if added:
            guardduty.tag_resource(ResourceArn=changes.old["arn"], Tags=added)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    try:
        call.world.client("guardduty").delete_detector(DetectorId=id_)
    except ClientError as error:
        if NOT_OURS not in str(error):
            raise


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    guardduty = call.world.client("guardduty")
    for id_ in every(guardduty, "list_detectors", "DetectorIds"):
        if is_ours(guardduty.get_detector(DetectorId=id_).get("Tags", {}), inputs):
            return str(id_)
    return None


def _switches(found: Plain) -> Plain:
    """The answer says `status` where the request says `enable`."""
    audit = (found.get("Kubernetes") or {}).get("AuditLogs") or {}
    return {
        "s3Logs": {"enable": (found.get("S3Logs") or {}).get("Status") == "ENABLED"},
        "kubernetes": {"auditLogs": {"enable": audit.get("Status") == "ENABLED"}},
    }


DETECTOR = ResourceType[Session](
    "aws:guardduty/detector:Detector",
    properties=(
        prop("enable", default=True, samples=(True, False)),
        prop(
            "findingPublishingFrequency",
            computed=True,
            allowed=("FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"),
            samples=("FIFTEEN_MINUTES", "ONE_HOUR"),
        ),
        prop(
            "datasources",
            "DataSources",
            computed=True,
            fields=DATA_SOURCES,
            decode=_switches,
            samples=(
                {"s3Logs": {"enable": True}, "kubernetes": {"auditLogs": {"enable": False}}},
                {"s3Logs": {"enable": False}, "kubernetes": {"auditLogs": {"enable": True}}},
            ),
        ),
        *TAGS,
    ),
    outputs=(output("accountId", "accountId"), output("arn", "arn")),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    import_syntax="the detector's id",
)
