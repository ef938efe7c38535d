"""AWS Backup as the simulated cloud has it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from tests.twin.aws.extension.simulated import Clients, refusal, role, simulated

pytestmark = pytest.mark.api


@pytest.fixture
def clients() -> Generator[Clients]:
    with simulated("backup") as found:
        found("backup").create_backup_vault(BackupVaultName="vault")
        yield found


def _document(vault: str = "vault", **rule: Any) -> dict[str, Any]:
    return {"BackupPlanName": "nightly", "Rules": [{"RuleName": "r", "TargetBackupVaultName": vault, **rule}]}


def _plan(clients: Clients) -> str:
    return str(clients("backup").create_backup_plan(BackupPlan=_document())["BackupPlanId"])


def _select(clients: Clients, plan: str, role_arn: str, name: str = "all") -> str:
    selection = {"SelectionName": name, "IamRoleArn": role_arn, "Resources": ["*"]}
    made = clients("backup").create_backup_selection(BackupPlanId=plan, BackupSelection=selection)
    return str(made["SelectionId"])


def test_selections_are_kept_until_they_are_deleted(clients: Clients) -> None:
    backup, plan = clients("backup"), _plan(clients)
    worker = role(clients, "worker", "backup.amazonaws.com")
    id_ = _select(clients, plan, worker)
    kept = backup.get_backup_selection(BackupPlanId=plan, SelectionId=id_)
    assert kept["BackupSelection"] == {"SelectionName": "all", "IamRoleArn": worker, "Resources": ["*"]}
    listed = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    assert [item["SelectionId"] for item in listed] == [id_]
    assert refusal(lambda: _select(clients, plan, worker))[0] == "AlreadyExistsException"
    code, said = refusal(lambda: backup.delete_backup_plan(BackupPlanId=plan))
    assert (code, "selections must be deleted" in said) == ("InvalidRequestException", True)
    backup.delete_backup_selection(BackupPlanId=plan, SelectionId=id_)
    gone = lambda: backup.get_backup_selection(BackupPlanId=plan, SelectionId=id_)  # noqa: E731
    assert refusal(gone)[0] == "ResourceNotFoundException"
    backup.delete_backup_plan(BackupPlanId=plan)


def test_a_selection_needs_a_role_that_backup_can_take(clients: Clients) -> None:
    plan = _plan(clients)
    other = role(clients, "other", "ec2.amazonaws.com")
    assert "cannot be assumed by AWS Backup" in refusal(lambda: _select(clients, plan, other))[1]


def test_a_plan_names_a_vault_that_exists(clients: Clients) -> None:
    made = lambda: clients("backup").create_backup_plan(BackupPlan=_document("none"))  # noqa: E731
    assert refusal(made)[0] == "ResourceNotFoundException"


def test_a_plan_changes_and_gets_another_version(clients: Clients) -> None:
    backup, plan = clients("backup"), _plan(clients)
    first = backup.get_backup_plan(BackupPlanId=plan)
    backup.update_backup_plan(BackupPlanId=plan, BackupPlan=_document(StartWindowMinutes=90))
    second = backup.get_backup_plan(BackupPlanId=plan)
    assert second["BackupPlan"]["Rules"][0]["StartWindowMinutes"] == 90
    assert second["VersionId"] != first["VersionId"]


def test_a_deleted_plan_is_not_found_and_leaves_its_name(clients: Clients) -> None:
    backup, plan = clients("backup"), _plan(clients)
    backup.delete_backup_plan(BackupPlanId=plan)
    assert refusal(lambda: backup.get_backup_plan(BackupPlanId=plan))[0] == "ResourceNotFoundException"
    assert _plan(clients) != plan


def test_a_vault_that_is_not_there_is_one_that_nobody_may_see(clients: Clients) -> None:
    seen = lambda: clients("backup").describe_backup_vault(BackupVaultName="none")  # noqa: E731
    assert refusal(seen)[0] == "AccessDeniedException"


def test_a_vault_keeps_its_lock(clients: Clients) -> None:
    backup = clients("backup")
    backup.put_backup_vault_lock_configuration(BackupVaultName="vault", MinRetentionDays=7, ChangeableForDays=3)
    locked = backup.describe_backup_vault(BackupVaultName="vault")
    assert (locked["Locked"], locked["MinRetentionDays"], "LockDate" in locked) == (True, 7, True)
    backup.delete_backup_vault_lock_configuration(BackupVaultName="vault")
    assert not backup.describe_backup_vault(BackupVaultName="vault")["Locked"]
