"""BACKUP-009: a database that is deleted leaves a last snapshot."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, all_of
from policies.resource_types import DOCDB_CLUSTER, NEPTUNE_CLUSTER, RDS_CLUSTER, RDS_INSTANCE, REDSHIFT_CLUSTER
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the switch, in production alone; a replica has nothing of its own to leave."""
    switch = resource["skipFinalSnapshot"]
    if resource.in_production and all_of(switch.truth, lambda: not resource["replicateSourceDb"].exists):
        yield Problem("leaves nothing when it is deleted", switch.path)


RULE = ResourceRule(
    id="BACKUP-009",
    title="Deleted databases leave a snapshot in production",
    severity=Severity.MEDIUM,
    types=(RDS_INSTANCE, RDS_CLUSTER, DOCDB_CLUSTER, NEPTUNE_CLUSTER, REDSHIFT_CLUSTER),
    rationale="Its own backups go with it; the snapshot is what a mistaken deletion can be undone with.",
    remediation="Leave skipFinalSnapshot out and set finalSnapshotIdentifier.",
    check=check,
)
