"""NET-011: no bucket can become public, whatever its policy or an object's ACL says."""

from __future__ import annotations

from functools import partial
from typing import Final

from policies.answers import Outcomes, Problem, Severity, all_of, any_of
from policies.companions import Companion
from policies.resource_types import ACCOUNT_PUBLIC_ACCESS_BLOCK, BUCKET, BUCKET_PUBLIC_ACCESS_BLOCK, BUCKET_V2
from policies.rule import StackRule
from policies.subjects import Resource, Stack

SWITCHES: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_BLOCK: Final = Companion((BUCKET_PUBLIC_ACCESS_BLOCK,), "bucket", name="bucket")


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look for a block of the bucket's own, or of the whole account, with all four switches on."""
    if not any_of(
        lambda: _BLOCK.completes(resource, stack, _is_whole),
        *(partial(_is_whole, block) for block in stack.of(ACCOUNT_PUBLIC_ACCESS_BLOCK)),
    ):
        yield Problem("is not kept from becoming public by a block with all four switches on")


def _is_whole(block: Resource) -> bool:
    return all_of(*(lambda switch=switch: block[switch].truth() for switch in SWITCHES))


RULE = StackRule(
    id="NET-011",
    title="Buckets cannot become public",
    severity=Severity.CRITICAL,
    types=(BUCKET, BUCKET_V2),
    rationale="One policy or ACL written in a hurry publishes a bucket; the block refuses it whatever it says.",
    remediation="Declare a BucketPublicAccessBlock for the bucket with blockPublicAcls, blockPublicPolicy, "
    "ignorePublicAcls and restrictPublicBuckets true.",
    check=check,
)
