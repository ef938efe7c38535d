"""CRYPTO-006: tables are encrypted with a key of one's own."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.encryption_keys import own_key
from policies.resource_types import TABLE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the switch and the key; without the switch AWS takes a key it shares between all its customers."""
    encryption = resource["serverSideEncryption"]
    if not encryption["enabled"].truth():
        yield Problem("is encrypted with a key of the provider's", encryption["enabled"].path)
    else:
        yield from own_key(encryption["kmsKeyArn"], "the table")


RULE = ResourceRule(
    id="CRYPTO-006",
    title="Tables are encrypted with a key of one's own",
    severity=Severity.MEDIUM,
    types=(TABLE,),
    rationale="The key that is used otherwise belongs to the provider: nobody here sees who uses it, or can stop it.",
    remediation="Set serverSideEncryption.enabled to true and serverSideEncryption.kmsKeyArn to a key of one's own.",
    check=check,
)
