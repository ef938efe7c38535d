"""EDGE-004: an event that cannot be delivered is put aside, not lost."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import IOT_TOPIC_RULE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look whether it says what is done then."""
    action = resource["errorAction"]
    if not action.exists:
        yield Problem("loses what it cannot deliver", action.path)


RULE = ResourceRule(
    id="EDGE-004",
    title="Rules for events have an error action",
    severity=Severity.MEDIUM,
    types=(IOT_TOPIC_RULE,),
    rationale="A queue that is full or a role that has changed would lose alarms, and nobody would hear of it.",
    remediation="Set errorAction, to a queue for instance.",
    check=check,
)
