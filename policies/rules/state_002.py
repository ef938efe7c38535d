"""STATE-002: in production nothing that holds state gives it up at the first request."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.rule import ResourceRule
from policies.subjects import Resource


def _must_not(property_name: str, message: str, resource: Resource) -> Outcomes:
    if resource[property_name].truth():
        yield Problem(message, property_name)


def _must(property_name: str, resource: Resource) -> Outcomes:
    if not resource[property_name].truth():
        yield Problem("is deleted at the first request: the service's own protection is off", property_name)


def _at_least(property_name: str, days: int, resource: Resource) -> Outcomes:
    if resource[property_name].number(30) < days:
        yield Problem(f"leaves fewer than {days} days to take its deletion back", property_name)


def _active(property_name: str, resource: Resource) -> Outcomes:
    if resource[property_name].text("INACTIVE") != "ACTIVE":
        yield Problem("is deleted at the first request: the service's own protection is off", property_name)


_WITH_CONTENT = "is deleted with all that is in it"
_NO_LAST_COPY = "is deleted without a last copy"

CHECKS: Final[dict[str, tuple[Callable[[Resource], Outcomes], ...]]] = {
    "aws:backup/vault:Vault": (partial(_must_not, "forceDestroy", _WITH_CONTENT),),
    "aws:cognito/userPool:UserPool": (partial(_active, "deletionProtection"),),
    "aws:docdb/cluster:Cluster": (
        partial(_must, "deletionProtection"),
        partial(_must_not, "skipFinalSnapshot", _NO_LAST_COPY),
    ),
    "aws:dynamodb/table:Table": (partial(_must, "deletionProtectionEnabled"),),
    "aws:ecr/repository:Repository": (partial(_must_not, "forceDelete", _WITH_CONTENT),),
    "aws:kms/key:Key": (partial(_at_least, "deletionWindowInDays", 14),),
    "aws:neptune/cluster:Cluster": (
        partial(_must, "deletionProtection"),
        partial(_must_not, "skipFinalSnapshot", _NO_LAST_COPY),
    ),
    "aws:rds/cluster:Cluster": (
        partial(_must, "deletionProtection"),
        partial(_must_not, "skipFinalSnapshot", _NO_LAST_COPY),
    ),
    "aws:rds/instance:Instance": (
        partial(_must, "deletionProtection"),
        partial(_must_not, "skipFinalSnapshot", _NO_LAST_COPY),
    ),
    "aws:redshift/cluster:Cluster": (partial(_must_not, "skipFinalSnapshot", _NO_LAST_COPY),),
    "aws:route53/zone:Zone": (partial(_must_not, "forceDestroy", _WITH_CONTENT),),
    "aws:s3/bucket:Bucket": (partial(_must_not, "forceDestroy", _WITH_CONTENT),),
    "aws:s3/bucketV2:BucketV2": (partial(_must_not, "forceDestroy", _WITH_CONTENT),),
    "aws:secretsmanager/secret:Secret": (partial(_at_least, "recoveryWindowInDays", 7),),
    "vsphere:index/computeCluster:ComputeCluster": (
        partial(_must_not, "forceEvacuateOnDestroy", "is deleted with hosts and guests still in it"),
    ),
}


def check(resource: Resource) -> Outcomes:
    """Look at what the provider does beside Pulumi's own protection, with its defaults where nothing is said."""
    if resource.in_production:
        yield from each(CHECKS[resource.type], lambda judge: judge(resource))


RULE = ResourceRule(
    id="STATE-002",
    title="In production nothing that holds state gives it up at the first request",
    severity=Severity.HIGH,
    types=tuple(CHECKS),
    rationale="Pulumi's protection binds Pulumi alone; the console, a script and an attacker ask the service directly.",
    remediation="Turn deletion protection on, force and skip settings off, and leave waiting periods at 30 days; "
    "short and forced settings are for ephemeral territories.",
    check=check,
)
