"""CRYPTO-003: every bucket says how it is encrypted."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, any_of
from policies.companions import Companion
from policies.resource_types import BUCKET, BUCKET_ENCRYPTION, BUCKET_SSE_V2, BUCKET_V2
from policies.rule import StackRule
from policies.subjects import Resource, Stack

_ENCRYPTION: Final = Companion((BUCKET_ENCRYPTION, BUCKET_SSE_V2), "bucket", name="bucket")


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look for what says it, inline or beside; CRYPTO-004 judges by which key."""
    inline = "serverSideEncryptionConfigurations" if resource.type == BUCKET_V2 else "serverSideEncryptionConfiguration"
    if not any_of(lambda: _ENCRYPTION.completes(resource, stack), lambda: bool(resource[inline].items)):
        yield Problem("says nothing of its encryption, and gets a key of the provider's")


RULE = StackRule(
    id="CRYPTO-003",
    title="Every bucket says how it is encrypted",
    severity=Severity.MEDIUM,
    types=(BUCKET, BUCKET_V2),
    rationale="Otherwise it is encrypted with a key that its owner can neither watch nor take back.",
    remediation="Declare a BucketServerSideEncryptionConfiguration for the bucket, with aws:kms and a key.",
    check=check,
)
