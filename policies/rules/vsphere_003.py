"""VSPHERE-003: a single port cannot leave the policy of its group."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_DISTRIBUTED_PORT_GROUP
from policies.rule import ResourceRule
from policies.subjects import Resource

OVERRIDES: Final = {
    "netflowOverrideAllowed": "the record of its flows",
    "securityPolicyOverrideAllowed": "its security policy",
    "trafficFilterOverrideAllowed": "its traffic filter",
    "uplinkTeamingOverrideAllowed": "its uplinks",
    "vlanOverrideAllowed": "its VLAN",
}


def check(resource: Resource) -> Outcomes:
    """Look at each policy that decides who sees what, and over which way."""

    def judge(property_name: str) -> Outcomes:
        if resource[property_name].truth():
            yield Problem(f"lets a single port have {OVERRIDES[property_name]} changed by hand", property_name)

    yield from each(OVERRIDES, judge)


RULE = ResourceRule(
    id="VSPHERE-003",
    title="A single port cannot leave the policy of its group",
    severity=Severity.MEDIUM,
    types=(VSPHERE_DISTRIBUTED_PORT_GROUP,),
    rationale="What one port may override is true of the group and false of the port nobody looks at: no plan shows"
    " it.",
    remediation="Leave securityPolicyOverrideAllowed, vlanOverrideAllowed, uplinkTeamingOverrideAllowed, "
    "trafficFilterOverrideAllowed and netflowOverrideAllowed at false; make a port group of its own for "
    "what differs.",
    check=check,
)
