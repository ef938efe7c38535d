"""LOG-002: the record of who did what is encrypted with a key of one's own."""

from __future__ import annotations

from policies.answers import Outcomes, Severity
from policies.encryption_keys import own_key
from policies.resource_types import TRAIL
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the key."""
    yield from own_key(resource["kmsKeyId"], "the trail")


RULE = ResourceRule(
    id="LOG-002",
    title="The account's trail is encrypted with a key of one's own",
    severity=Severity.MEDIUM,
    types=(TRAIL,),
    rationale="It names every person, role and resource there is; the key says who may read it, and shows who did.",
    remediation="Set kmsKeyId to the ARN of a key whose policy lets CloudTrail use it for this trail.",
    check=check,
)
