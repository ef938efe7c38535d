"""BACKUP-005: nobody can empty a backup vault."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity
from policies.companions import Companion
from policies.resource_types import BACKUP_VAULT, BACKUP_VAULT_LOCK
from policies.rule import StackRule
from policies.subjects import Resource, Stack

_LOCK: Final = Companion((BACKUP_VAULT_LOCK,), "backupVaultName", name="name")


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look for a lock; BACKUP-006 judges what it holds."""
    if not _LOCK.completes(resource, stack):
        yield Problem("has no lock")


RULE = StackRule(
    id="BACKUP-005",
    title="Backup vaults are locked",
    severity=Severity.HIGH,
    types=(BACKUP_VAULT,),
    rationale="Without one, a role that may delete recovery points deletes them all, on the day they are needed.",
    remediation="Declare a backup.VaultLockConfiguration with the vault's name.",
    check=check,
)
