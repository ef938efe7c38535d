"""LOG-004: logs are there when somebody needs them."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import LOG_GROUP
from policies.rule import ResourceRule
from policies.subjects import Resource

FLOOR_DAYS: Final = 180
FOR_EVER: Final = 0


def check(resource: Resource) -> Outcomes:
    """Look at the days, in production alone; without any, logs are kept for ever."""
    days = resource["retentionInDays"]
    if resource.in_production and FOR_EVER < days.number(FOR_EVER) < FLOOR_DAYS:
        yield Problem(f"keeps its logs {days.text()} days, less than {FLOOR_DAYS}", days.path)


RULE = ResourceRule(
    id="LOG-004",
    title="Logs are kept for half a year or more in production",
    severity=Severity.MEDIUM,
    types=(LOG_GROUP,),
    rationale="Intrusions are found months after they began; what has been deleted by then cannot be understood.",
    remediation="Set retentionInDays to 180 or more; 365 is usual.",
    check=check,
)
