"""IAM-006: a machine's credentials are given to those who can ask for them with a token."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, any_of
from policies.resource_types import INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, SPOT_INSTANCE_REQUEST
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the metadata service; where only a template speaks of it, it is the template that is judged."""
    options = resource["metadataOptions"]
    if not any_of(
        lambda: options["httpTokens"].text() == "required",
        lambda: options["httpEndpoint"].text() == "disabled",
        lambda: not options.exists and resource["launchTemplate"].exists,
    ):
        yield Problem("hands out its credentials without a token", "metadataOptions.httpTokens")


RULE = ResourceRule(
    id="IAM-006",
    title="Machines ask for a token before they hand out credentials",
    severity=Severity.HIGH,
    types=(INSTANCE, SPOT_INSTANCE_REQUEST, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION),
    rationale="Without it, a web application that can be made to fetch an address gives its role away.",
    remediation="Set metadataOptions.httpTokens to required, or metadataOptions.httpEndpoint to disabled.",
    check=check,
)
