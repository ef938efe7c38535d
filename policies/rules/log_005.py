"""LOG-005: who talks to whom in a network is written down."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity
from policies.companions import Companion
from policies.resource_types import DEFAULT_VPC, FLOW_LOG, VPC
from policies.rule import StackRule
from policies.subjects import Resource, Stack

_FLOW_LOG: Final = Companion((FLOW_LOG,), "vpcId")


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look for a flow log of the whole network; LOG-006 judges what it leaves out."""
    if not _FLOW_LOG.completes(resource, stack):
        yield Problem("has no flow log")


RULE = StackRule(
    id="LOG-005",
    title="Every network has a flow log",
    severity=Severity.MEDIUM,
    types=(VPC, DEFAULT_VPC),
    rationale="After an intrusion the first question is what it reached, and nothing else can answer it.",
    remediation="Declare an aws.ec2.FlowLog with the network's vpcId and trafficType ALL.",
    check=check,
)
