"""NET-001: nobody on the internet reaches a door that only administrators use."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Severity
from policies.openings import OPENING_TYPES, ports_open_to_everybody
from policies.rule import ResourceRule
from policies.subjects import Resource

ADMINISTRATIVE_PORTS: Final = (22, 23, 3389, 5900, 5985, 5986, 8443, 9443)


def check(resource: Resource) -> Outcomes:
    """Look at everything that lets somebody in."""
    yield from ports_open_to_everybody(resource, ADMINISTRATIVE_PORTS, "an administrative port")


RULE = ResourceRule(
    id="NET-001",
    title="No administrative port is open to the internet",
    severity=Severity.CRITICAL,
    types=OPENING_TYPES,
    rationale="Whoever reaches a login can try every leaked password on it; bastions exist so that nobody has to.",
    remediation="Let in the bastions' addresses alone: cidrIpv4 of one bastion a rule, never 0.0.0.0/0 or ::/0.",
    check=check,
)
