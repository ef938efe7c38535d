"""LOG-006: a flow log leaves nothing out."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, all_of
from policies.resource_types import FLOW_LOG
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the kind of traffic; those of transit gateways have none to choose."""
    kind = resource["trafficType"]
    if all_of(lambda: kind.exists, lambda: kind.text() != "ALL"):
        yield Problem(f"writes down {kind.text()} only", kind.path)


RULE = ResourceRule(
    id="LOG-006",
    title="Flow logs write down all traffic",
    severity=Severity.LOW,
    types=(FLOW_LOG,),
    rationale="What was refused shows who was looking, what was accepted shows what they found.",
    remediation="Set trafficType to ALL.",
    check=check,
)
