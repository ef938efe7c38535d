"""BACKUP-001: what is overwritten or deleted in a bucket can be had back."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, any_of
from policies.companions import Companion
from policies.policy_documents import some
from policies.resource_types import BUCKET, BUCKET_V2, BUCKET_VERSIONING, BUCKET_VERSIONING_V2
from policies.rule import StackRule
from policies.subjects import Resource, Stack

_VERSIONING: Final = Companion((BUCKET_VERSIONING, BUCKET_VERSIONING_V2), "bucket", name="bucket")


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look for versioning, inline or beside; a bucket whose objects can be locked always has it."""
    inline = resource["versionings" if resource.type == BUCKET_V2 else "versioning"]
    if not any_of(
        lambda: _VERSIONING.completes(resource, stack, _is_on),
        lambda: some(inline.items, lambda versioning: versioning["enabled"].truth()),
        resource["objectLockEnabled"].truth,
    ):
        yield Problem("keeps no versions of its objects")


def _is_on(versioning: Resource) -> bool:
    return versioning["versioningConfiguration"]["status"].text() == "Enabled"


RULE = StackRule(
    id="BACKUP-001",
    title="Buckets keep versions",
    severity=Severity.HIGH,
    types=(BUCKET, BUCKET_V2),
    rationale="Otherwise one wrong command, or one stolen role, ends every object at once.",
    remediation="Declare a BucketVersioning for the bucket with versioningConfiguration.status Enabled.",
    check=check,
)
