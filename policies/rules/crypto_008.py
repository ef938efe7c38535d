"""CRYPTO-008: logs are encrypted with a key of one's own."""

from __future__ import annotations

from policies.answers import Outcomes, Severity
from policies.encryption_keys import own_key
from policies.resource_types import LOG_GROUP
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the key."""
    yield from own_key(resource["kmsKeyId"], "the logs")


RULE = ResourceRule(
    id="CRYPTO-008",
    title="Log groups are encrypted with a key of one's own",
    severity=Severity.MEDIUM,
    types=(LOG_GROUP,),
    rationale="Logs tell an attacker who talks to whom and what is not watched; the key says who reads them.",
    remediation="Set kmsKeyId to the ARN of a key whose policy lets CloudWatch Logs use it for this log group.",
    check=check,
)
