"""CRYPTO-013: no private key is made where everybody who reads the state can read it."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, all_of
from policies.resource_types import LIGHTSAIL_KEY_PAIR, TLS_PRIVATE_KEY
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at what makes keys: one of them can take a public key instead, or encrypt the private one for somebody."""
    if resource.type == TLS_PRIVATE_KEY:
        yield Problem("makes a private key, and the state keeps it")
    elif all_of(lambda: not resource["publicKey"].exists, lambda: not resource["pgpKey"].exists):
        yield Problem("makes a private key, and the state keeps it", "publicKey")


RULE = ResourceRule(
    id="CRYPTO-013",
    title="No private key is made in the state",
    severity=Severity.HIGH,
    types=(TLS_PRIVATE_KEY, LIGHTSAIL_KEY_PAIR),
    rationale="The state is copied, backed up and read by every pipeline; a key in it is everybody's who works here.",
    remediation="Make the key where it is used, and give the program its public half or its signing request.",
    check=check,
)
