"""VSPHERE-010: a cluster places guests by its rules, without waiting for somebody to agree."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_CLUSTER
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at whether DRS is on, and whether it may act."""
    yield from each((_on, _may_act), lambda judge: judge(resource))


def _on(resource: Resource) -> Outcomes:
    if not resource["drsEnabled"].truth():
        yield Problem("has no DRS: rules that keep guests apart are written down and not applied", "drsEnabled")


def _may_act(resource: Resource) -> Outcomes:
    if resource["drsAutomationLevel"].text("manual") == "manual":
        yield Problem("only recommends where guests go, and waits", "drsAutomationLevel")


RULE = ResourceRule(
    id="VSPHERE-010",
    title="A cluster places guests by its rules, without waiting",
    severity=Severity.MEDIUM,
    types=(VSPHERE_CLUSTER,),
    rationale="Anti-affinity is DRS's to apply: without it both halves of a pair can start on one host and stay there.",
    remediation="Set drsEnabled to true and drsAutomationLevel to fullyAutomated (defaults: false and manual).",
    check=check,
)
