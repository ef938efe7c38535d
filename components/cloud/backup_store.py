"""Where backups are kept so that nobody can take them away: a locked bucket and a locked vault with its plan."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.locked_bucket import LockedBucket, LockedBucketArgs
from components.cloud.place import CloudPlace
from components.cloud.policy_documents import service_trust
from components.cloud.role_policies import backup_worker
from components.cloud.service_role import ServiceRole, ServiceRoleArgs

BACKUP_TAG = "metropole:backup"
"""On whatever the plan backs up; its value is the vault's name."""
SCHEDULE = "cron(0 2 * * ? *)"
"""Every night at two, universal time."""
START_WITHIN_MIN = 60
COMPLETE_WITHIN_MIN = 240


@dataclass(frozen=True)
class BackupStoreArgs:
    """What a `BackupStore` is made of."""

    place: CloudPlace
    """Where it is."""
    key_arn: pulumi.Input[str]
    """The key for backups."""
    boundary_arn: pulumi.Input[str]
    """The boundary of the role that makes them."""
    existing_bucket: str | None = None
    """A bucket that is used and not managed; what guards it stays as it is. Example: `metropole-archive`."""


def vault_name(place: CloudPlace) -> str:
    """Example: `bordeaux-cloud-paris-vault`."""
    return place.name("vault")


class BackupStore(pulumi.ComponentResource):
    """A bucket for what the datacenters send, a vault for what lives in the cloud."""

    bucket_name: pulumi.Input[str]
    """Example: `bordeaux-cloud-paris-backup-123456789012`."""
    vault_arn: pulumi.Output[str]
    """Example: `arn:aws:backup:eu-west-3:123456789012:backup-vault:bordeaux-cloud-paris-vault`."""

    def __init__(self, name: str, args: BackupStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:BackupStore", name, {}, opts)
        self._name = name
        self._args = args
        place = args.place
        self.bucket_name = (
            args.existing_bucket
            or LockedBucket(
                f"{name}-bucket",
                LockedBucketArgs(place, "backup", args.key_arn, place.retention.backup_days),
                pulumi.ResourceOptions(parent=self),
            ).bucket_name
        )
        vault = self._vault()
        self.vault_arn = vault.arn
        self._plan(vault)
        self.register_outputs({"bucketName": self.bucket_name, "vaultArn": self.vault_arn})

    def _vault(self) -> aws.backup.Vault:
        place, retention = self._args.place, self._args.place.retention
        vault = aws.backup.Vault(
            f"{self._name}-vault",
            name=vault_name(place),
            kms_key_arn=self._args.key_arn,
            force_destroy=retention.force_destroy,
            tags={"Name": f"{self._name}-vault"},
            opts=place.options(self, holds_state=True),
        )
        aws.backup.VaultLockConfiguration(
            f"{self._name}-lock",
            backup_vault_name=vault.name,
            min_retention_days=retention.backup_days,
            max_retention_days=retention.longest_backup_days,
            # With days of grace the lock closes for good when they are over; without, it can be taken off again.
            changeable_for_days=retention.vault_lock_grace_days,
            opts=place.options(self),
        )
        return vault

    def _plan(self, vault: aws.backup.Vault) -> None:
        place = self._args.place
        plan = aws.backup.Plan(
            f"{self._name}-plan",
            name=place.name("daily"),
            rules=[
                aws.backup.PlanRuleArgs(
                    rule_name="nightly",
                    target_vault_name=vault.name,
                    schedule=SCHEDULE,
                    start_window=START_WITHIN_MIN,
                    completion_window=COMPLETE_WITHIN_MIN,
                    lifecycle=aws.backup.PlanRuleLifecycleArgs(delete_after=place.retention.backup_days),
                )
            ],
            tags={"Name": f"{self._name}-plan"},
            opts=place.options(self),
        )
        role = ServiceRole(
            f"{self._name}-worker",
            ServiceRoleArgs(
                place=place,
                what="backup",
                trust=service_trust("backup.amazonaws.com"),
                may=backup_worker(
                    place.arn("backup", f"backup-vault:{vault_name(place)}"),
                    place.region.provider_region,
                    place.account_id,
                ),
                boundary_arn=self._args.boundary_arn,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        aws.backup.Selection(
            f"{self._name}-selection",
            name=place.name("tagged"),
            plan_id=plan.id,
            iam_role_arn=role.arn,
            selection_tags=[
                aws.backup.SelectionSelectionTagArgs(type="STRINGEQUALS", key=BACKUP_TAG, value=vault_name(place))
            ],
            opts=place.options(self),
        )
