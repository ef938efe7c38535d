"""CRYPTO-001: the material of an encryption key changes every year."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, all_of, given
from policies.resource_types import KMS_KEY
from policies.rule import ResourceRule
from policies.subjects import Resource

SYMMETRIC: Final = "SYMMETRIC_DEFAULT"
ENCRYPTS: Final = "ENCRYPT_DECRYPT"
LONGEST_DAYS: Final = 366


def check(resource: Resource) -> Outcomes:
    """Look at the switch, where AWS can rotate at all: not keys for signing, not those of another key store."""
    yield from given(
        lambda: all_of(
            lambda: resource["customerMasterKeySpec"].text(SYMMETRIC) == SYMMETRIC,
            lambda: resource["keyUsage"].text(ENCRYPTS) == ENCRYPTS,
            lambda: not resource["customKeyStoreId"].exists,
        ),
        lambda: _judge(resource),
    )


def _judge(resource: Resource) -> Outcomes:
    switch, period = resource["enableKeyRotation"], resource["rotationPeriodInDays"]
    if not switch.truth():
        yield Problem("is never rotated", switch.path)
    elif period.number(LONGEST_DAYS) > LONGEST_DAYS:
        yield Problem(f"is rotated every {period.text()} days, which is more than a year", period.path)


RULE = ResourceRule(
    id="CRYPTO-001",
    title="Encryption keys are rotated every year",
    severity=Severity.HIGH,
    types=(KMS_KEY,),
    rationale="What one key encrypts for ever is all lost with it; rotation bounds that, and costs nothing.",
    remediation="Set enableKeyRotation to true and leave rotationPeriodInDays out, or at 365 at most.",
    check=check,
)
