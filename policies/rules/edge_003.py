"""EDGE-003: a gateway's private key never leaves it."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, all_of
from policies.resource_types import IOT_CERTIFICATE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look for a request or a certificate; without either AWS makes a key, and the state keeps it."""
    if all_of(lambda: not resource["csr"].exists, lambda: not resource["certificatePem"].exists):
        yield Problem("has its private key made by AWS, and the state keeps it", "csr")


RULE = ResourceRule(
    id="EDGE-003",
    title="Gateways' certificates come from their own requests",
    severity=Severity.CRITICAL,
    types=(IOT_CERTIFICATE,),
    rationale="Whoever reads the state, or a backup of it, could then be any gateway of the territory.",
    remediation="Set csr to the signing request the gateway made.",
    check=check,
)
