"""BACKUP-003: a table can be had back as it was a minute before the mistake."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import TABLE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the switch."""
    switch = resource["pointInTimeRecovery"]["enabled"]
    if not switch.truth():
        yield Problem("cannot be had back as it was", switch.path)


RULE = ResourceRule(
    id="BACKUP-003",
    title="Tables have point-in-time recovery",
    severity=Severity.MEDIUM,
    types=(TABLE,),
    rationale="A program that overwrites rows does it within minutes, and last night's backup misses a day of events.",
    remediation="Set pointInTimeRecovery.enabled to true.",
    check=check,
)
