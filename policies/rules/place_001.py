"""PLACE-001: a rule that keeps guests apart binds."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_ANTI_AFFINITY_RULE, VSPHERE_DATASTORE_ANTI_AFFINITY_RULE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at whether it is on, whether it is a wish, and whether it separates anything."""
    yield from each((_enabled, _mandatory, _several), lambda judge: judge(resource))


def _enabled(resource: Resource) -> Outcomes:
    if not resource["enabled"].truth(default=True):
        yield Problem("is turned off", "enabled")


def _mandatory(resource: Resource) -> Outcomes:
    if not resource["mandatory"].truth():
        yield Problem("is a wish: guests share a host or datastore whenever that is easier", "mandatory")


def _several(resource: Resource) -> Outcomes:
    if len(resource["virtualMachineIds"].items) < 2:
        yield Problem("keeps nothing apart: it names fewer than two guests", "virtualMachineIds")


RULE = ResourceRule(
    id="PLACE-001",
    title="A rule that keeps guests apart binds",
    severity=Severity.HIGH,
    types=(VSPHERE_ANTI_AFFINITY_RULE, VSPHERE_DATASTORE_ANTI_AFFINITY_RULE),
    rationale="A pair on one host is a single machine with twice the cost, and nobody notices before that host fails.",
    remediation="Set mandatory to true (its default is false), leave enabled at true and name every guest of the pair.",
    check=check,
)
