"""EDGE-005: it is known what each gateway is."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import IOT_THING
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the type."""
    kind = resource["thingTypeName"]
    if not kind.exists:
        yield Problem("has no type", kind.path)


RULE = ResourceRule(
    id="EDGE-005",
    title="Things have a type",
    severity=Severity.LOW,
    types=(IOT_THING,),
    rationale="When a model has a flaw, the question is which gateways are of it; and policies go by type.",
    remediation="Set thingTypeName to the type of gateways of its kind.",
    check=check,
)
