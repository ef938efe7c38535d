"""Vaults, their locks, plans and selections."""

from __future__ import annotations

import json
from typing import Any

from tests.twin.aws.account import Account
from tests.twin.aws.case import Case
from twin.framework.declaration import Given


def trust(service: str) -> str:
    """A role's document that lets a service take it."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def given(account: Account) -> dict[str, Any]:
    backup, iam = account.client("backup"), account.client("iam")
    ids: dict[str, Any] = {}
    for prefix in ("", "other "):
        name = f"given-{prefix.strip() or 'one'}"
        vault = backup.create_backup_vault(BackupVaultName=name)
        ids[f"{prefix}vault"], ids[f"{prefix}vault arn"] = name, vault["BackupVaultArn"]
        rule = {"RuleName": "nightly", "TargetBackupVaultName": name}
        plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]})
        ids[f"{prefix}plan"] = plan["BackupPlanId"]
        role = iam.create_role(RoleName=f"{name}-backup", AssumeRolePolicyDocument=trust("backup.amazonaws.com"))
        ids[f"{prefix}backup role"] = role["Role"]["Arn"]
    return ids


def _vault(account: Account, id_: str) -> dict[str, Any]:
    backup = account.client("backup")
    found = backup.describe_backup_vault(BackupVaultName=id_)
    return {
        "name": found["BackupVaultName"],
        "arn": found["BackupVaultArn"],
        "kmsKeyArn": found["EncryptionKeyArn"],
        "recoveryPoints": found["NumberOfRecoveryPoints"],
        "tagsAll": backup.list_tags(ResourceArn=found["BackupVaultArn"])["Tags"],
    }


def _lock(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("backup").describe_backup_vault(BackupVaultName=id_)
    assert found["Locked"]
    return {
        "backupVaultName": found["BackupVaultName"],
        "backupVaultArn": found["BackupVaultArn"],
        "minRetentionDays": found.get("MinRetentionDays"),
        "maxRetentionDays": found.get("MaxRetentionDays"),
    }


def _lifecycle(found: dict[str, Any]) -> dict[str, Any]:
    return {"coldStorageAfter": found.get("MoveToColdStorageAfterDays"), "deleteAfter": found.get("DeleteAfterDays")}


def _rule(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "ruleName": found["RuleName"],
        "targetVaultName": found["TargetBackupVaultName"],
        "schedule": found["ScheduleExpression"],
        "scheduleExpressionTimezone": found["ScheduleExpressionTimezone"],
        "startWindow": found["StartWindowMinutes"],
        "completionWindow": found["CompletionWindowMinutes"],
        "enableContinuousBackup": found["EnableContinuousBackup"],
        "lifecycle": _lifecycle(found.get("Lifecycle", {})),
        "recoveryPointTags": found.get("RecoveryPointTags"),
        "copyActions": [
            {"destinationVaultArn": item["DestinationBackupVaultArn"], "lifecycle": _lifecycle(item["Lifecycle"])}
            for item in found.get("CopyActions", [])
        ],
    }


def _plan(account: Account, id_: str) -> dict[str, Any]:
    backup = account.client("backup")
    found = backup.get_backup_plan(BackupPlanId=id_)
    return {
        "name": found["BackupPlan"]["BackupPlanName"],
        "rules": [_rule(rule) for rule in found["BackupPlan"]["Rules"]],
        "arn": found["BackupPlanArn"],
        "version": found["VersionId"],
        "tagsAll": backup.list_tags(ResourceArn=found["BackupPlanArn"])["Tags"],
    }


def _pairs(listed: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"key": item["ConditionKey"], "value": item["ConditionValue"]} for item in listed]


def _selection(account: Account, id_: str) -> dict[str, Any]:
    backup = account.client("backup")
    plans = [plan["BackupPlanId"] for plan in backup.list_backup_plans()["BackupPlansList"]]
    (found,) = (
        backup.get_backup_selection(BackupPlanId=plan, SelectionId=id_)
        for plan in plans
        for item in backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
        if item["SelectionId"] == id_
    )
    selection = found["BackupSelection"]
    conditions = selection.get("Conditions", {})
    return {
        "planId": found["BackupPlanId"],
        "name": selection["SelectionName"],
        "iamRoleArn": selection["IamRoleArn"],
        "resources": selection.get("Resources"),
        "notResources": selection.get("NotResources"),
        "selectionTags": [
            {"type": item["ConditionType"], "key": item["ConditionKey"], "value": item["ConditionValue"]}
            for item in selection.get("ListOfTags", [])
        ],
        "conditions": [
            {
                "stringEquals": _pairs(conditions.get("StringEquals", [])),
                "stringLikes": _pairs(conditions.get("StringLike", [])),
            }
        ],
    }


CASES = {
    "backup.Vault": Case(minimal=lambda name: {"name": name}, read=_vault, unknowable=frozenset({"forceDestroy"})),
    "backup.VaultLockConfiguration": Case(
        minimal=lambda name: {"backupVaultName": Given("vault"), "minRetentionDays": 1},
        read=_lock,
    ),
    "backup.Plan": Case(
        minimal=lambda name: {
            "name": name,
            "rules": [{"ruleName": "nightly", "targetVaultName": Given("vault"), "schedule": "cron(0 3 * * ? *)"}],
        },
        read=_plan,
    ),
    "backup.Selection": Case(
        minimal=lambda name: {
            "planId": Given("plan"),
            "name": name,
            "iamRoleArn": Given("backup role"),
            "resources": ["*"],
        },
        read=_selection,
        import_id=lambda inputs, id_: f"{inputs['planId']}|{id_}",
        nothing="no-plan|no-selection",
    ),
}
