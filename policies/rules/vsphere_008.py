"""VSPHERE-008: guests of a lost host start again on another."""

from __future__ import annotations

from functools import partial

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_CLUSTER
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at high availability as a whole, and at the two watches without which it does nothing."""
    yield from each(
        (_enabled, partial(_watches, "haHostMonitoring"), partial(_watches, "haVmComponentProtection")),
        lambda judge: judge(resource),
    )


def _enabled(resource: Resource) -> Outcomes:
    if not resource["haEnabled"].truth():
        yield Problem("has no high availability: guests of a lost host stay down until somebody comes", "haEnabled")


def _watches(property_name: str, resource: Resource) -> Outcomes:
    if resource[property_name].text() == "disabled":
        yield Problem("does not watch for the loss high availability is there for", property_name)


RULE = ResourceRule(
    id="VSPHERE-008",
    title="Guests of a lost host start again on another",
    severity=Severity.HIGH,
    types=(VSPHERE_CLUSTER,),
    rationale="A host dies at night as well; recovery times in minutes are only kept by what needs nobody.",
    remediation="Set haEnabled to true (its default is false) and leave haHostMonitoring and haVmComponentProtection "
    "at enabled.",
    check=check,
)
