"""CRYPTO-007: databases and file systems are encrypted."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, any_of
from policies.resource_types import (
    DOCDB_CLUSTER,
    FILE_SYSTEM,
    NEPTUNE_CLUSTER,
    RDS_CLUSTER,
    RDS_INSTANCE,
    REDSHIFT_CLUSTER,
)
from policies.rule import ResourceRule
from policies.subjects import Resource

CALLED_ENCRYPTED: Final = (FILE_SYSTEM, REDSHIFT_CLUSTER)


def check(resource: Resource) -> Outcomes:
    """Look at the switch; a replica is encrypted as what it replicates."""
    switch = resource["encrypted" if resource.type in CALLED_ENCRYPTED else "storageEncrypted"]
    if not any_of(switch.truth, lambda: resource["replicateSourceDb"].exists):
        yield Problem("is not encrypted", switch.path)


RULE = ResourceRule(
    id="CRYPTO-007",
    title="Databases and file systems are encrypted",
    severity=Severity.HIGH,
    types=(RDS_INSTANCE, RDS_CLUSTER, DOCDB_CLUSTER, NEPTUNE_CLUSTER, REDSHIFT_CLUSTER, FILE_SYSTEM),
    rationale="It cannot be turned on later, and every snapshot and every replica of it stays in the clear as well.",
    remediation="Set storageEncrypted (encrypted for Redshift and EFS) to true, and name a key of the territory.",
    check=check,
)
