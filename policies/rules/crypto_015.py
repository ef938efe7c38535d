"""CRYPTO-015: load balancers speak no old TLS."""

from __future__ import annotations

import re
from typing import Final

from policies.answers import Outcomes, Problem, Severity, given
from policies.resource_types import ALB_LISTENER, LISTENER
from policies.rule import ResourceRule
from policies.subjects import Resource

ENCRYPTED: Final = ("HTTPS", "TLS")
DEFAULT: Final = "ELBSecurityPolicy-2016-08"
FROM_1_2_ON: Final = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]|FS-1-2|TLS-1-2)-.*")


def check(resource: Resource) -> Outcomes:
    """Look at the policy of listeners that encrypt; CRYPTO-014 judges the others."""
    yield from given(lambda: resource["protocol"].text().upper() in ENCRYPTED, lambda: _judge(resource))


def _judge(resource: Resource) -> Outcomes:
    policy = resource["sslPolicy"]
    if not FROM_1_2_ON.fullmatch(policy.text(DEFAULT)):
        yield Problem(f"accepts TLS before 1.2, by the policy {policy.text(DEFAULT)}", policy.path)


RULE = ResourceRule(
    id="CRYPTO-015",
    title="Load balancers speak TLS 1.2 or newer",
    severity=Severity.MEDIUM,
    types=(LISTENER, ALB_LISTENER),
    rationale="Older versions have known flaws, and a client can be talked into them; AWS's default still takes them.",
    remediation="Set sslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06 or a stricter one.",
    check=check,
)
