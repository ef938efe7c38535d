"""LOG-001: who did what in the account is written down, everywhere, and cannot be rewritten."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import TRAIL
from policies.rule import ResourceRule
from policies.subjects import Resource

SWITCHES: Final = {
    "enableLogging": True,
    "isMultiRegionTrail": False,
    "includeGlobalServiceEvents": True,
    "enableLogFileValidation": False,
}
"""Each has to be on; what it is when nobody says."""


def check(resource: Resource) -> Outcomes:
    """Look at each switch."""

    def judge(name: str) -> Outcomes:
        switch = resource[name]
        if not switch.truth(SWITCHES[name]):
            yield Problem(f"has {name} off", switch.path)

    yield from each(SWITCHES, judge)


RULE = ResourceRule(
    id="LOG-001",
    title="The account's trail is on, in every region, and signed",
    severity=Severity.CRITICAL,
    types=(TRAIL,),
    rationale="Intruders work in the region nobody looks at, turn the trail off, or edit what it wrote.",
    remediation="Set enableLogging, isMultiRegionTrail, includeGlobalServiceEvents, enableLogFileValidation to true.",
    check=check,
)
