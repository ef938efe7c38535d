"""CRYPTO-005: what waits in queues and topics is encrypted with a key of one's own."""

from __future__ import annotations

from policies.answers import Outcomes, Severity
from policies.encryption_keys import own_key
from policies.resource_types import QUEUE, TOPIC
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the key; both kinds name it alike."""
    yield from own_key(resource["kmsMasterKeyId"], "its messages")


RULE = ResourceRule(
    id="CRYPTO-005",
    title="Messages are encrypted with a key of one's own",
    severity=Severity.MEDIUM,
    types=(QUEUE, TOPIC),
    rationale="Messages wait for days, and say what the platform says to itself; topics are in the clear by default.",
    remediation="Set kmsMasterKeyId to a key of the territory.",
    check=check,
)
