"""CRYPTO-011: every bucket has a policy, which CRYPTO-012 asks to refuse what comes in the clear."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, any_of
from policies.companions import Companion
from policies.resource_types import BUCKET, BUCKET_POLICY, BUCKET_V2
from policies.rule import StackRule
from policies.subjects import Resource, Stack

_POLICY: Final = Companion((BUCKET_POLICY,), "bucket", name="bucket")


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look for a policy, inline or beside."""
    if not any_of(lambda: _POLICY.completes(resource, stack), lambda: resource["policy"].exists):
        yield Problem("has no policy that could refuse what comes in the clear")


RULE = StackRule(
    id="CRYPTO-011",
    title="Every bucket has a policy",
    severity=Severity.MEDIUM,
    types=(BUCKET, BUCKET_V2),
    rationale="S3 answers over plain HTTP to whoever asks so, unless a policy of the bucket forbids it.",
    remediation="Declare a BucketPolicy that denies s3:* where aws:SecureTransport is false.",
    check=check,
)
