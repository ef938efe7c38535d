"""A plan of one security group rule, whose source is known, unknown or secret."""

from __future__ import annotations

from typing import Any

from operations.guard.session import JudgedTerritory
from planning.plan import Plan, PlannedResource, Source, StackPlan
from planning.values import UNKNOWN
from policies.catalogue import rule_by_id
from policies.judge import judge, views
from policies.resource_types import SECURITY_GROUP_INGRESS_RULE
from territory.loader import load_territory

TERRITORY = load_territory("sandbox")
STACK = "sandbox-cloud"
URN = f"urn:pulumi:{STACK}::metropole::metropole:index:HybridCloud${SECURITY_GROUP_INGRESS_RULE}::web-in-22"
EVERYBODY = "0.0.0.0/0"
BASTION = "10.1.0.1/32"


def inputs(cidr: Any) -> dict[str, Any]:
    """What the rule is declared with."""
    return {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": cidr}


def plan_of(cidr: Any) -> Plan:
    """A plan that knows this of where the rule lets in from."""
    resource = PlannedResource(
        urn=URN,
        type=SECURITY_GROUP_INGRESS_RULE,
        name="web-in-22",
        custom=True,
        inputs=inputs(cidr),
        source=Source(file="components/cloud/security_groups.py", line=76),
    )
    stack = StackPlan(name=STACK, layer="cloud", resources=(resource,))
    return Plan(schema_version=1, territory="sandbox", fingerprint_key="k", stacks=(stack,))


def judged(cidr: Any = UNKNOWN) -> JudgedTerritory:
    """That plan, judged by one rule."""
    plan = plan_of(cidr)
    rules = [rule_by_id("NET-001")]
    return JudgedTerritory(
        plan, TERRITORY, judge(rules, views(plan.stacks), territory=TERRITORY, door="program"), rules
    )
