"""NET-013: no database has a public address."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE, REDSHIFT_CLUSTER
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the switch; it is off unless it is set."""
    switch = resource["publiclyAccessible"]
    if switch.truth():
        yield Problem("has a public address", switch.path)


RULE = ResourceRule(
    id="NET-013",
    title="No database has a public address",
    severity=Severity.CRITICAL,
    types=(RDS_INSTANCE, RDS_CLUSTER_INSTANCE, RDS_CLUSTER, REDSHIFT_CLUSTER),
    rationale="Its security group is then all that stands between the data and everybody who tries passwords.",
    remediation="Set publiclyAccessible to false, and put the database into private subnets.",
    check=check,
)
