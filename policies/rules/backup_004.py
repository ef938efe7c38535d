"""BACKUP-004: backups are encrypted with a key of one's own."""

from __future__ import annotations

from policies.answers import Outcomes, Severity
from policies.encryption_keys import own_key
from policies.resource_types import BACKUP_VAULT
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the key."""
    yield from own_key(resource["kmsKeyArn"], "the vault")


RULE = ResourceRule(
    id="BACKUP-004",
    title="Backup vaults are encrypted with a key of one's own",
    severity=Severity.HIGH,
    types=(BACKUP_VAULT,),
    rationale="A vault holds a copy of everything; with the account's default key, whoever restores can also read.",
    remediation="Set kmsKeyArn to the ARN of the key for backups.",
    check=check,
)
