"""CRYPTO-009: the end of a key can be noticed and taken back."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import EXTERNAL_KEY, KMS_KEY, REPLICA_KEY
from policies.rule import ResourceRule
from policies.subjects import Resource

FLOOR_DAYS: Final = 14
DEFAULT_DAYS: Final = 30


def check(resource: Resource) -> Outcomes:
    """Look at the days between the order and its end; what is not production may be gone sooner."""
    window = resource["deletionWindowInDays"]
    if resource.in_production and window.number(DEFAULT_DAYS) < FLOOR_DAYS:
        yield Problem(
            f"is gone {window.text()} days after its deletion is ordered, not {FLOOR_DAYS} or more", window.path
        )


RULE = ResourceRule(
    id="CRYPTO-009",
    title="Deleting a key takes two weeks or more in production",
    severity=Severity.MEDIUM,
    types=(KMS_KEY, REPLICA_KEY, EXTERNAL_KEY),
    rationale="With a key everything goes that it encrypted, backups too; somebody has to be back by then.",
    remediation="Set deletionWindowInDays to 30, or leave it out.",
    check=check,
)
