"""VSPHERE-032: a host whose clock is managed here keeps it right."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each, given
from policies.resource_types import VSPHERE_HOST
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node


def check(resource: Resource) -> Outcomes:
    """Look at the NTP service where it is written down at all."""
    yield from each(resource["services"].items, _judge)


def _judge(service: Node) -> Outcomes:
    ntp = service["ntpd"]

    def judge() -> Outcomes:
        if not ntp["enabled"].truth():
            yield Problem("leaves its time service off", ntp["enabled"].path)
        if not ntp["ntpServers"].items:
            yield Problem("asks no server for the time", ntp["ntpServers"].path)

    yield from given(lambda: ntp.exists, judge)


RULE = ResourceRule(
    id="VSPHERE-032",
    title="A host whose clock is managed here keeps it right",
    severity=Severity.LOW,
    types=(VSPHERE_HOST,),
    rationale="Logs of two hosts with two clocks tell no story, and certificates and Kerberos fail on a wrong one.",
    remediation="Set services[].ntpd.enabled to true (its default is false) and name ntpServers of ours.",
    check=check,
)
