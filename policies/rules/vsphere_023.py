"""VSPHERE-023: no snapshot holds a guest's memory."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_SNAPSHOT
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at whether memory is written down as well."""
    if resource["memory"].truth():
        yield Problem("writes the guest's memory, with every key and password in it, to the datastore", "memory")


RULE = ResourceRule(
    id="VSPHERE-023",
    title="No snapshot holds a guest's memory",
    severity=Severity.MEDIUM,
    types=(VSPHERE_SNAPSHOT,),
    rationale="Whoever may browse the datastore downloads it and reads the keys of disks and connections at leisure.",
    remediation="Set memory to false, with quiesce true for files at rest.",
    check=check,
)
