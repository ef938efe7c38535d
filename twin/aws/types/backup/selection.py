"""aws.backup.Selection: what a plan backs up."""

from __future__ import annotations

from typing import Any, Final

from providers.logic import ProviderError
from twin.aws.session import Session
from twin.aws.spec import every, prop, request, unless_missing
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Property, Record, ResourceType
from twin.framework.values import Plain

MISSING: Final = ("ResourceNotFoundException", "InvalidParameterValueException")
"""Backup calls the id of a plan that is not there a wrong parameter."""

TAG: Final[tuple[Property, ...]] = (
    prop("type", "ConditionType", allowed=("STRINGEQUALS",)),
    prop("key", "ConditionKey"),
    prop("value", "ConditionValue"),
)
_PAIR: Final[tuple[Property, ...]] = (prop("key", "ConditionKey"), prop("value", "ConditionValue"))
CONDITION: Final[tuple[Property, ...]] = (
    prop("stringEquals", "StringEquals", unordered=True, fields=_PAIR),
    prop("stringLikes", "StringLike", unordered=True, fields=_PAIR),
    prop("stringNotEquals", "StringNotEquals", unordered=True, fields=_PAIR),
    prop("stringNotLikes", "StringNotLike", unordered=True, fields=_PAIR),
)


def _create(call: Call[Session], inputs: Inputs) -> str:
    names = [item.name for item in SELECTION.properties if item.name != "planId"]
    made = call.world.client("backup").create_backup_selection(
        BackupPlanId=inputs["planId"], BackupSelection=request(SELECTION.properties, inputs, names)
    )
    return str(made["SelectionId"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    backup, plan = call.world.client("backup"), known["planId"]
    found = unless_missing(lambda: backup.get_backup_selection(BackupPlanId=plan, SelectionId=id_), *MISSING)
    return None if found is None else {**found["BackupSelection"], "planId": found["BackupPlanId"]}


def _update(_call: Call[Session], id_: str, _changes: Changes) -> None:
    raise ProviderError(f"backup selection {id_} cannot be changed")


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    backup, plan = call.world.client("backup"), known["planId"]
    unless_missing(lambda: backup.delete_backup_selection(BackupPlanId=plan, SelectionId=id_), *MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    plan, found, selection = name.partition("|")
    if not found:
        raise ProviderError(f"a selection is imported as {SELECTION.import_syntax}, not {name!r}")
    return Found(selection, {"planId": plan})


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    backup, plan = call.world.client("backup"), inputs["planId"]
    listed: list[Any] = (
        unless_missing(
            lambda: every(backup, "list_backup_selections", "BackupSelectionsList", BackupPlanId=plan), *MISSING
        )
        or []
    )
    return next((str(item["SelectionId"]) for item in listed if item["SelectionName"] == inputs["name"]), None)


def _conditions(value: Plain) -> Plain:
    """The API has one set of conditions, the schema a list of one."""
    return request(CONDITION, value[0])


def _listed(found: Plain) -> Plain:
    kept = {item.name: item.decode(found[item.path]) for item in CONDITION if found.get(item.path)}
    return [kept] if kept else None


SELECTION = ResourceType[Session](
    "aws:backup/selection:Selection",
    properties=(
        prop("planId", "planId", replaces=True, samples=(Given("plan"), Given("other plan"))),
        prop("name", "SelectionName", replaces=True, samples=("servers", "tables")),
        prop("iamRoleArn", replaces=True, samples=(Given("backup role"), Given("other backup role"))),
        prop("resources", replaces=True, unordered=True, samples=(["arn:aws:ec2:*:*:instance/*"], ["*"])),
        prop(
            "notResources",
            replaces=True,
            computed=True,
            unordered=True,
            samples=(["arn:aws:s3:::scratch"], ["arn:aws:s3:::scratch", "arn:aws:s3:::cache"]),
        ),
        prop(
            "selectionTags",
            "ListOfTags",
            replaces=True,
            unordered=True,
            fields=TAG,
            samples=(
                [{"type": "STRINGEQUALS", "key": "backup", "value": "nightly"}],
                [
                    {"type": "STRINGEQUALS", "key": "backup", "value": "nightly"},
                    {"type": "STRINGEQUALS", "key": "backup", "value": "weekly"},
                ],
            ),
        ),
        prop(
            "conditions",
            replaces=True,
            computed=True,
            fields=CONDITION,
            encode=_conditions,
            decode=_listed,
            samples=(
                [{"stringEquals": [{"key": "aws:ResourceTag/backup", "value": "nightly"}]}],
                [{"stringLikes": [{"key": "aws:ResourceTag/backup", "value": "n*"}]}],
            ),
        ),
    ),
    outputs=(),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("planId", "name"),
    autoname="name",
    import_syntax="plan id|selection id",
)
