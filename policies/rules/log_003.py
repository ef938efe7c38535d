"""LOG-003: threat detection is on."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import GUARDDUTY_DETECTOR
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the switch; it is on unless it is turned off."""
    switch = resource["enable"]
    if not switch.truth(default=True):
        yield Problem("is turned off", switch.path)


RULE = ResourceRule(
    id="LOG-003",
    title="Threat detection is on",
    severity=Severity.HIGH,
    types=(GUARDDUTY_DETECTOR,),
    rationale="Nobody reads trails and flows line by line; a stolen key or a mining machine is found by it, or late.",
    remediation="Set enable to true, or leave it out.",
    check=check,
)
