"""STATE-007: every resource says by whom it is managed."""

from __future__ import annotations

import re
from typing import Final

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import AWS_PROVIDER, VSPHERE_PROVIDER
from policies.rule import ResourceRule
from policies.subjects import Resource

_MADE_BY_THE_ENGINE: Final = re.compile(r"^default(_[\d_]+[\w.-]*)?$")
"""The engine names a default provider so, with its version behind."""


def check(resource: Resource) -> Outcomes:
    """Look for providers nobody made: the engine makes one where a resource names none."""
    if _MADE_BY_THE_ENGINE.match(resource.name):
        yield Problem("takes account, site and credentials from whatever environment the command runs in")


RULE = ResourceRule(
    id="STATE-007",
    title="Every resource says by whom it is managed",
    severity=Severity.MEDIUM,
    types=(AWS_PROVIDER, VSPHERE_PROVIDER),
    rationale="With two vCenters or two accounts, a forgotten provider option builds in the wrong one, and says "
    "nothing.",
    remediation="Give each resource an explicit provider, and disable default ones: pulumi:disable-default-providers "
    "in the stack's configuration.",
    check=check,
    reads_no_value=True,
)
