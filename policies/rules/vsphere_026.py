"""VSPHERE-026: no guest is given memory it may not use."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, given
from policies.resource_types import VSPHERE_VIRTUAL_MACHINE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Compare the limit, where there is one, with what the guest believes it has."""
    limit = resource["memoryLimit"]

    def judge() -> Outcomes:
        if limit.number() < resource["memory"].number(1024):
            yield Problem("is limited to less memory than it is told it has", "memoryLimit")

    yield from given(lambda: limit.number(-1) >= 0, judge)


RULE = ResourceRule(
    id="VSPHERE-026",
    title="No guest is given memory it may not use",
    severity=Severity.LOW,
    types=(VSPHERE_VIRTUAL_MACHINE,),
    rationale="The host swaps the rest out behind the guest's back: it is slow for reasons nobody finds inside it.",
    remediation="Leave memoryLimit at -1, or set memory to what the guest shall have.",
    check=check,
)
