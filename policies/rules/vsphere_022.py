"""VSPHERE-022: a guest says by tags what it is."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_VIRTUAL_MACHINE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look for one tag at least; which ones is the territory's vocabulary."""
    if not resource["tags"].items:
        yield Problem("has no tag", "tags")


RULE = ResourceRule(
    id="VSPHERE-022",
    title="A guest says by tags what it is",
    severity=Severity.LOW,
    types=(VSPHERE_VIRTUAL_MACHINE,),
    rationale="Backups, inventories and people on call choose guests by tag: one without is in no backup and nobody's.",
    remediation="Set tags: service or role, criticality, place.",
    check=check,
)
