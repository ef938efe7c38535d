"""VSPHERE-027: the record of who talks to whom stays in the house."""

from __future__ import annotations

from ipaddress import ip_address

from policies.answers import Malformed, Outcomes, Problem, Severity
from policies.resource_types import VSPHERE_DISTRIBUTED_SWITCH
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at where a switch sends its flow records, if it does."""
    collector = resource["netflowCollectorIpAddress"]
    if not collector.text():
        return
    try:
        public = ip_address(collector.text()).is_global
    except ValueError:
        raise Malformed(collector.path, f"is {collector.text()!r}, which is no address") from None
    if public:
        yield Problem(f"sends every flow, unencrypted, to {collector.text()} on the internet", collector.path)


RULE = ResourceRule(
    id="VSPHERE-027",
    title="The record of who talks to whom stays in the house",
    severity=Severity.HIGH,
    types=(VSPHERE_DISTRIBUTED_SWITCH,),
    rationale="Flow records name every connection inside the datacenter, and NetFlow has neither encryption nor "
    "proof of who receives it.",
    remediation="Set netflowCollectorIpAddress to a collector in the administration zone.",
    check=check,
)
