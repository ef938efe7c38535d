"""AWS Backup as moto lacks it.

| AWS | moto 5.2.5 | here |
|---|---|---|
| selections of a plan | none | kept; the role must exist and trust Backup; names are unique in a plan |
| a plan is updated, with a new version | no | yes |
| a plan with selections cannot be deleted | they can | InvalidRequestException |
| a deleted plan is not found, its name is free | both stay | as AWS |
| rules name vaults that exist | anything | ResourceNotFoundException |
| settings of a plan in `GetBackupPlan` | kept | kept |
| describing a vault that is not there | not found | AccessDeniedException, as AWS |
| tags go with their vault | come back with the next of its name | go |
| a vault is encrypted, by default with a key of Backup's own | only if asked | by default with `alias/aws/backup` |
| a lock whose grace time is over can no longer be changed | kept | kept |

Not mended: jobs and recovery points (there are none, so every vault is empty), copies, frameworks, report plans.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import uuid4

from moto.backup.exceptions import (
    AlreadyExistsException,
    BackupClientError,
    InvalidParameterValueException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from moto.backup.models import BackupBackend, Plan, Vault
from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import unix_time

from twin.aws.server.extension.patching import parameter, replace
from twin.aws.server.extension.policy_documents import assumable

ADDS = (
    "selections of plans",
    "updates of plans",
    "refusals: a plan with selections, a vault that does not exist, a role Backup cannot assume",
    "names of deleted plans are free again",
)
SERVICE = "backup.amazonaws.com"

_create_backup_plan = BackupBackend.create_backup_plan
_create_backup_vault = BackupBackend.create_backup_vault
_get_backup_plan = BackupBackend.get_backup_plan

Selections = dict[str, dict[str, Any]]


class AccessDeniedError(BackupClientError):
    """What Backup says of a vault that is not there, as of one that is somebody else's."""

    code = 403

    def __init__(self) -> None:
        super().__init__("AccessDeniedException", "Insufficient privileges to perform this action.")


def _selections(plan: Plan) -> Selections:
    return vars(plan).setdefault("selections", {})


def describe_backup_vault(self: BackupBackend, backup_vault_name: str) -> Vault:
    """DescribeBackupVault."""
    if backup_vault_name not in self.vaults:
        raise AccessDeniedError
    return self.vaults[backup_vault_name]


def create_backup_vault(
    self: BackupBackend,
    backup_vault_name: str,
    backup_vault_tags: dict[str, str],
    encryption_key_arn: str | None,
    creator_request_id: str,
) -> Vault:
    """CreateBackupVault."""
    key = encryption_key_arn or f"arn:aws:kms:{self.region_name}:{self.account_id}:alias/aws/backup"
    vault = _create_backup_vault(self, backup_vault_name, backup_vault_tags, key, creator_request_id)
    # The name under which it is told of a single vault; moto's own is only told in lists.
    vars(vault)["number_of_recovery_points"] = vault.num_of_recovery_points
    return vault


def delete_backup_vault(self: BackupBackend, backup_vault_name: str) -> None:
    """DeleteBackupVault: its tags go with it."""
    vault = self.vaults.get(backup_vault_name)
    if vault is None:
        raise AccessDeniedError
    self.tagger.delete_all_tags_for_resource(vault.backup_vault_arn)
    del self.vaults[backup_vault_name]


def create_backup_plan(
    self: BackupBackend, backup_plan: dict[str, Any], backup_plan_tags: dict[str, str], creator_request_id: str
) -> Plan:
    """CreateBackupPlan."""
    _check_vaults(self, backup_plan)
    gone = [id_ for id_, plan in self.plans.items() if plan.deletion_date is not None]
    for id_ in gone:
        del self.plans[id_]
    return _create_backup_plan(self, backup_plan, backup_plan_tags, creator_request_id)


def _check_vaults(backend: BackupBackend, backup_plan: dict[str, Any]) -> None:
    for rule in backup_plan["Rules"]:
        if rule["TargetBackupVaultName"] not in backend.vaults:
            raise ResourceNotFoundException(f"Backup vault {rule['TargetBackupVaultName']} does not exist")


def get_backup_plan(self: BackupBackend, backup_plan_id: str, version_id: str | None) -> Plan:
    """GetBackupPlan: one that was deleted is not found."""
    plan = _get_backup_plan(self, backup_plan_id, version_id)
    if plan.deletion_date is not None:
        raise ResourceNotFoundException("Cannot find Backup plan with provided id")
    return plan


def delete_backup_plan(self: BackupBackend, backup_plan_id: str) -> tuple[str, str, float, str]:
    """DeleteBackupPlan."""
    plan = self.get_backup_plan(backup_plan_id, None)
    if _selections(plan):
        raise InvalidRequestException("Related backup plan selections must be deleted prior to backup plan deletion")
    plan.deletion_date = unix_time()
    return plan.backup_plan_id, plan.backup_plan_arn, plan.deletion_date, plan.version_id


def update_backup_plan(self: BackupResponse) -> ActionResult:
    """UpdateBackupPlan: everything but tags is replaced."""
    backend = self.backup_backend
    plan = backend.get_backup_plan(parameter(self, "backupPlanId"), None)
    document = parameter(self, "BackupPlan")
    _check_vaults(backend, document)
    fresh = cast("Plan", Plan(document, plan.creator_request_id, backend))
    plan.backup_plan, plan.version_id = fresh.backup_plan, fresh.version_id
    plan.advanced_backup_settings = fresh.advanced_backup_settings
    return ActionResult(plan.to_dict())


def _plan(response: BackupResponse) -> Plan:
    """The plan whose selections are spoken of. Backup calls a wrong id a wrong parameter here."""
    id_ = parameter(response, "backupPlanId")
    plan = response.backup_backend.plans.get(id_)
    if plan is None or plan.deletion_date is not None:
        raise InvalidParameterValueException(f"Cannot find Backup plan with id {id_}")
    return plan


def _selection(response: BackupResponse) -> tuple[Plan, dict[str, Any]]:
    plan = _plan(response)
    id_ = parameter(response, "selectionId")
    if id_ not in _selections(plan):
        raise ResourceNotFoundException(f"Cannot find Backup selection with id {id_}")
    return plan, _selections(plan)[id_]


def create_backup_selection(self: BackupResponse) -> ActionResult:
    """CreateBackupSelection."""
    plan, backend = _plan(self), self.backup_backend
    asked = parameter(self, "BackupSelection")
    role = asked["IamRoleArn"]
    if not assumable(backend.account_id, backend.region_name, role, SERVICE):
        raise InvalidParameterValueException(f"IAM Role {role} cannot be assumed by AWS Backup")
    if any(one["BackupSelection"]["SelectionName"] == asked["SelectionName"] for one in _selections(plan).values()):
        raise AlreadyExistsException(f"Backup selection {asked['SelectionName']} already exists in the plan")
    id_ = str(uuid4())
    selection = {
        "BackupPlanId": plan.backup_plan_id,
        "SelectionId": id_,
        "CreationDate": unix_time(),
        "BackupSelection": asked,
    }
    _selections(plan)[id_] = selection
    return ActionResult(selection)


def get_backup_selection(self: BackupResponse) -> ActionResult:
    """GetBackupSelection."""
    return ActionResult(_selection(self)[1])


def delete_backup_selection(self: BackupResponse) -> ActionResult:
    """DeleteBackupSelection."""
    plan, selection = _selection(self)
    del _selections(plan)[selection["SelectionId"]]
    return EmptyResult()


def list_backup_selections(self: BackupResponse) -> ActionResult:
    """ListBackupSelections."""
    listed = [
        {key: one[key] for key in ("BackupPlanId", "SelectionId", "CreationDate")}
        | {key: one["BackupSelection"][key] for key in ("SelectionName", "IamRoleArn")}
        for one in _selections(_plan(self)).values()
    ]
    return ActionResult({"BackupSelectionsList": listed})


def extend() -> None:
    """Change moto's backend in place."""
    replace(
        BackupBackend,
        describe_backup_vault,
        create_backup_vault,
        delete_backup_vault,
        create_backup_plan,
        get_backup_plan,
        delete_backup_plan,
    )
    replace(
        BackupResponse,
        update_backup_plan,
        create_backup_selection,
        get_backup_selection,
        delete_backup_selection,
        list_backup_selections,
    )
