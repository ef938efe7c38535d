"""aws.dynamodb.Table, without indexes and replicas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from providers.logic import CheckFailure
from twin.aws.session import Session
from twin.aws.spec import every, output, prop, request, unless_missing, wait_until
from twin.aws.tags import TAGS, as_list, as_map, changed_tags, tags_record
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType

MISSING: Final = ("ResourceNotFoundException", "TableNotFoundException")
ON_DEMAND: Final = "PAY_PER_REQUEST"


def _keys(inputs: Inputs) -> list[dict[str, str]]:
    keys = [{"AttributeName": inputs["hashKey"], "KeyType": "HASH"}]
    return keys + ([{"AttributeName": inputs["rangeKey"], "KeyType": "RANGE"}] if inputs.get("rangeKey") else [])


def _throughput(inputs: Inputs) -> dict[str, Any]:
    if inputs["billingMode"] == ON_DEMAND:
        return {}
    units = {"ReadCapacityUnits": inputs["readCapacity"], "WriteCapacityUnits": inputs["writeCapacity"]}
    return {"ProvisionedThroughput": units}


def _encryption(inputs: Inputs) -> dict[str, Any]:
    asked = inputs.get("serverSideEncryption") or {}
    if not asked.get("enabled"):
        return {"Enabled": False}
    key = asked.get("kmsKeyArn")
    return {"Enabled": True, "SSEType": "KMS", **({"KMSMasterKeyId": key} if key else {})}


def _create(call: Call[Session], inputs: Inputs) -> str:
    arguments = request(TABLE.properties, inputs, ("name", "attributes", "deletionProtectionEnabled"))
    if inputs.get("serverSideEncryption"):
        arguments["SSESpecification"] = _encryption(inputs)
    made = call.world.client("dynamodb").create_table(
        **arguments,
        **_throughput(inputs),
        BillingMode=inputs["billingMode"],
        KeySchema=_keys(inputs),
        Tags=as_list(inputs.get("tagsAll")),
    )
    return str(made["TableDescription"]["TableName"])


def _settle(call: Call[Session], id_: str, inputs: Inputs) -> None:
    _until_active(call, id_)
    if (inputs.get("ttl") or {}).get("enabled"):
        _expire(call, id_, inputs["ttl"])
    if (inputs.get("pointInTimeRecovery") or {}).get("enabled"):
        _recover(call, id_, inputs)


def _until_active(call: Call[Session], id_: str) -> None:
    dynamodb = call.world.client("dynamodb")

    def active() -> bool:
        return bool(dynamodb.describe_table(TableName=id_)["Table"]["TableStatus"] == "ACTIVE")

    wait_until(call.deadline, f"waiting for table {id_}", active)


def _expire(call: Call[Session], id_: str, ttl: Inputs) -> None:
    setting = {"AttributeName": ttl["attributeName"], "Enabled": bool(ttl.get("enabled"))}
    call.world.client("dynamodb").update_time_to_live(TableName=id_, TimeToLiveSpecification=setting)


def _recover(call: Call[Session], id_: str, inputs: Inputs) -> None:
    asked = inputs.get("pointInTimeRecovery") or {}
    days = asked.get("recoveryPeriodInDays")
    setting = {"PointInTimeRecoveryEnabled": bool(asked.get("enabled"))}
    if days and setting["PointInTimeRecoveryEnabled"]:
        setting["RecoveryPeriodInDays"] = days
    call.world.client("dynamodb").update_continuous_backups(TableName=id_, PointInTimeRecoverySpecification=setting)


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    dynamodb = call.world.client("dynamodb")
    found = unless_missing(lambda: dynamodb.describe_table(TableName=id_)["Table"], *MISSING)
    if found is None:
        return None
    keys = {item["KeyType"]: item["AttributeName"] for item in found["KeySchema"]}
    recovery = dynamodb.describe_continuous_backups(TableName=id_)["ContinuousBackupsDescription"]
    ttl = dynamodb.describe_time_to_live(TableName=id_)["TimeToLiveDescription"]
    tags = as_map(every(dynamodb, "list_tags_of_resource", "Tags", ResourceArn=found["TableArn"]))
    mode = (found.get("BillingModeSummary") or {}).get("BillingMode") or "PROVISIONED"
    units = found["ProvisionedThroughput"]
    return {
        **found,
        "hashKey": keys["HASH"],
        "rangeKey": keys.get("RANGE"),
        "billingMode": mode,
        "readCapacity": units["ReadCapacityUnits"],
        "writeCapacity": units["WriteCapacityUnits"],
        "serverSideEncryption": _encrypted(found.get("SSEDescription") or {}),
        "pointInTimeRecovery": _recoverable(recovery["PointInTimeRecoveryDescription"]),
        "ttl": {"attributeName": ttl.get("AttributeName", ""), "enabled": ttl["TimeToLiveStatus"] == "ENABLED"},
        **tags_record(call.world, tags, known),
    }


def _encrypted(found: dict[str, Any]) -> dict[str, Any]:
    enabled = found.get("Status") == "ENABLED"
    return {"enabled": enabled, **({"kmsKeyArn": found["KMSMasterKeyArn"]} if enabled else {})}


def _recoverable(found: dict[str, Any]) -> dict[str, Any]:
    enabled = found["PointInTimeRecoveryStatus"] == "ENABLED"
    return {"enabled": enabled, **({"recoveryPeriodInDays": found.get("RecoveryPeriodInDays")} if enabled else {})}


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    dynamodb, new = call.world.client("dynamodb"), changes.new
    if changes.touch("billingMode", "readCapacity", "writeCapacity"):
        dynamodb.update_table(TableName=id_, BillingMode=new["billingMode"], **_throughput(new))
        _until_active(call, id_)
    if changes.touch("deletionProtectionEnabled"):
        protected = bool(new.get("deletionProtectionEnabled"))
        dynamodb.update_table(TableName=id_, DeletionProtectionEnabled=protected)
        _until_active(call, id_)
    if changes.touch("serverSideEncryption"):
        dynamodb.update_table(TableName=id_, SSESpecification=_encryption(new))
        _until_active(call, id_)
    if changes.touch("ttl"):
        # Switching it off needs the attribute that it was switched on with.
        _expire(call, id_, new.get("ttl") or {**changes.old["ttl"], "enabled": False})
    if changes.touch("pointInTimeRecovery"):
        _recover(call, id_, new)
    if changes.touch("tags", "tagsAll"):
        added, removed = changed_tags(changes.old, new)
        if removed:
            dynamodb.untag_resource(ResourceArn=changes.old["arn"], TagKeys=removed)
        if added:
            dynamodb.tag_resource(ResourceArn=changes.old["arn"], Tags=as_list(added))


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    unless_missing(lambda: call.world.client("dynamodb").delete_table(TableName=id_), *MISSING)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    dynamodb = call.world.client("dynamodb")
    found = unless_missing(lambda: dynamodb.describe_table(TableName=inputs["name"]), *MISSING)
    return None if found is None else str(inputs["name"])


def _is_complete(inputs: Inputs) -> Iterable[CheckFailure]:
    for name in ("hashKey", "attributes"):
        if name not in inputs:
            yield CheckFailure(name, f"`{name}` is missing: a table needs a key, and the type of it")
    if inputs.get("billingMode") == "PROVISIONED":
        for name in ("readCapacity", "writeCapacity"):
            if name not in inputs:
                yield CheckFailure(name, f"`{name}` is missing: billing mode PROVISIONED needs it")


TABLE = ResourceType[Session](
    "aws:dynamodb/table:Table",
    properties=(
        prop("name", "TableName", replaces=True, samples=("events-north", "events-south")),
        prop("hashKey", "hashKey", replaces=True, samples=("id", "place")),
        prop("rangeKey", "rangeKey", replaces=True, samples=("place",)),
        prop(
            "attributes",
            "AttributeDefinitions",
            unordered=True,
            fields=(prop("name", "AttributeName"), prop("type", "AttributeType", allowed=("S", "N", "B"))),
            samples=([{"name": "id", "type": "S"}],),
        ),
        prop(
            "billingMode",
            "billingMode",
            default="PROVISIONED",
            allowed=("PROVISIONED", ON_DEMAND),
            samples=(ON_DEMAND,),
        ),
        prop("readCapacity", "readCapacity", computed=True, low=1, samples=(1, 5)),
        prop("writeCapacity", "writeCapacity", computed=True, low=1, samples=(1, 5)),
        prop("deletionProtectionEnabled", samples=(True, False)),
        prop(
            "serverSideEncryption",
            "serverSideEncryption",
            computed=True,
            fields=(prop("enabled", "enabled"), prop("kmsKeyArn", "kmsKeyArn", computed=True)),
            encode=dict,
            decode=dict,
            samples=(
                {"enabled": True, "kmsKeyArn": Given("key arn")},
                {"enabled": True, "kmsKeyArn": Given("other key arn")},
                {"enabled": False},
            ),
        ),
        prop(
            "pointInTimeRecovery",
            "pointInTimeRecovery",
            computed=True,
            fields=(prop("enabled", "enabled"), prop("recoveryPeriodInDays", "recoveryPeriodInDays", computed=True)),
            encode=dict,
            decode=dict,
            samples=({"enabled": True}, {"enabled": True, "recoveryPeriodInDays": 7}, {"enabled": False}),
        ),
        prop(
            "ttl",
            "ttl",
            computed=True,
            fields=(prop("attributeName", "attributeName"), prop("enabled", "enabled", default=False)),
            encode=dict,
            decode=dict,
            samples=({"attributeName": "until", "enabled": True}, {"attributeName": "until", "enabled": False}),
        ),
        *TAGS,
    ),
    outputs=(output("arn", "TableArn"),),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    rules=(_is_complete,),
    import_syntax="the table's name",
)
