"""IAM-005: nobody has a key that works for ever."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import ACCESS_KEY
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """A key that is there is one too many, unless it is turned off."""
    if resource["status"].text("Active") != "Inactive":
        yield Problem("is a key of a user that works until somebody takes it away", "status")


RULE = ResourceRule(
    id="IAM-005",
    title="No user has an access key",
    severity=Severity.HIGH,
    types=(ACCESS_KEY,),
    rationale="Such keys are found in repositories and on laptops, years later; and the state keeps their secret half.",
    remediation="Remove the AccessKey; let people sign in through the identity centre, and machines take a role.",
    check=check,
)
