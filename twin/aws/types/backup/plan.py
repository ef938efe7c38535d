"""aws.backup.Plan."""

from __future__ import annotations

from typing import Any, Final

from twin.aws.session import Session
from twin.aws.spec import every, output, prop, request, unless_missing
from twin.aws.tags import TAGS
from twin.aws.types.backup.tagging import tags_of, update_tags
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Property, Record, ResourceType

MISSING: Final = "ResourceNotFoundException"

LIFECYCLE: Final[tuple[Property, ...]] = (
    prop("coldStorageAfter", "MoveToColdStorageAfterDays", low=0),
    prop("deleteAfter", "DeleteAfterDays", low=0),
)
RULE: Final[tuple[Property, ...]] = (
    prop("ruleName"),
    prop("targetVaultName", "TargetBackupVaultName"),
    prop("schedule", "ScheduleExpression", computed=True),
    prop("scheduleExpressionTimezone", default="Etc/UTC"),
    prop("startWindow", "StartWindowMinutes", default=60, low=60),
    prop("completionWindow", "CompletionWindowMinutes", default=180),
    prop("enableContinuousBackup", default=False),
    prop("lifecycle", fields=LIFECYCLE),
    prop("recoveryPointTags"),
    prop(
        "copyActions",
        unordered=True,
        fields=(prop("destinationVaultArn", "DestinationBackupVaultArn"), prop("lifecycle", fields=LIFECYCLE)),
    ),
)


def _document(inputs: Inputs) -> dict[str, Any]:
    return request(PLAN.properties, inputs, ("name", "rules"))["BackupPlan"]


def _create(call: Call[Session], inputs: Inputs) -> str:
    made = call.world.client("backup").create_backup_plan(
        BackupPlan=_document(inputs), BackupPlanTags=dict(inputs.get("tagsAll") or {})
    )
    return str(made["BackupPlanId"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    found = unless_missing(lambda: call.world.client("backup").get_backup_plan(BackupPlanId=id_), MISSING)
    return None if found is None else {**found, **tags_of(call, found["BackupPlanArn"], known)}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    if changes.touch("rules"):
        call.world.client("backup").update_backup_plan(BackupPlanId=id_, BackupPlan=_document(changes.new))
    update_tags(call, changes.old["arn"], changes)


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("backup").delete_backup_plan(BackupPlanId=id_), MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    listed = every(call.world.client("backup"), "list_backup_plans", "BackupPlansList")
    return next((str(plan["BackupPlanId"]) for plan in listed if plan["BackupPlanName"] == inputs["name"]), None)


PLAN = ResourceType[Session](
    "aws:backup/plan:Plan",
    properties=(
        prop("name", "BackupPlan.BackupPlanName", replaces=True, samples=("nightly", "weekly")),
        prop(
            "rules",
            "BackupPlan.Rules",
            unordered=True,
            fields=RULE,
            samples=(
                [
                    {
                        "ruleName": "nightly",
                        "targetVaultName": Given("vault"),
                        "schedule": "cron(0 3 * * ? *)",
                        "lifecycle": {"deleteAfter": 35},
                    }
                ],
                [
                    {
                        "ruleName": "nightly",
                        "targetVaultName": Given("vault"),
                        "schedule": "cron(0 4 * * ? *)",
                        "startWindow": 120,
                        "completionWindow": 360,
                        "enableContinuousBackup": True,
                        "recoveryPointTags": {"owner": "city"},
                    },
                    {
                        "ruleName": "monthly",
                        "targetVaultName": Given("other vault"),
                        "schedule": "cron(0 5 1 * ? *)",
                        "scheduleExpressionTimezone": "Europe/Paris",
                        "lifecycle": {"coldStorageAfter": 30, "deleteAfter": 365},
                        "copyActions": [{"destinationVaultArn": Given("vault arn"), "lifecycle": {"deleteAfter": 90}}],
                    },
                ],
            ),
        ),
        *TAGS,
    ),
    outputs=(output("arn", "BackupPlanArn"), output("version", "VersionId", volatile=True)),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    import_syntax="the plan's id",
)
