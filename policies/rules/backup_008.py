"""BACKUP-008: databases back themselves up."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, all_of
from policies.resource_types import DOCDB_CLUSTER, NEPTUNE_CLUSTER, RDS_CLUSTER, RDS_INSTANCE
from policies.rule import ResourceRule
from policies.subjects import Resource

FLOOR_DAYS: Final = 7


def check(resource: Resource) -> Outcomes:
    """Look at the days, in production alone; AWS keeps a day or nothing by default. A replica needs none."""
    days = resource["backupRetentionPeriod"]
    if resource.in_production and all_of(
        lambda: days.number() < FLOOR_DAYS, lambda: not resource["replicateSourceDb"].exists
    ):
        yield Problem(f"keeps fewer than {FLOOR_DAYS} days of backups of itself", days.path)


RULE = ResourceRule(
    id="BACKUP-008",
    title="Databases keep a week of backups in production",
    severity=Severity.HIGH,
    types=(RDS_INSTANCE, RDS_CLUSTER, DOCDB_CLUSTER, NEPTUNE_CLUSTER),
    rationale="What is found wrong on Monday went wrong before the week-end.",
    remediation="Set backupRetentionPeriod to 7 or more.",
    check=check,
)
