"""BACKUP-006: the lock of a vault lasts."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import BACKUP_VAULT_LOCK
from policies.rule import ResourceRule
from policies.subjects import Resource

FLOOR_DAYS: Final = 7


def check(resource: Resource) -> Outcomes:
    """Look how long it holds what is in the vault, and whether it can be taken off; outside production it may."""
    if resource.in_production:
        yield from each((_days, _for_good), lambda look: look(resource))


def _days(resource: Resource) -> Outcomes:
    floor = resource["minRetentionDays"]
    if floor.number() < FLOOR_DAYS:
        yield Problem(f"lets backups be deleted before {FLOOR_DAYS} days", floor.path)


def _for_good(resource: Resource) -> Outcomes:
    grace = resource["changeableForDays"]
    if not grace.exists:
        yield Problem("can be taken off at any time", grace.path)


RULE = ResourceRule(
    id="BACKUP-006",
    title="Locks of vaults last in production",
    severity=Severity.HIGH,
    types=(BACKUP_VAULT_LOCK,),
    rationale="A lock that an administrator takes off keeps out everybody but the one who has become administrator.",
    remediation="Set minRetentionDays to 7 or more, and changeableForDays: after so many days it closes for good.",
    check=check,
)
