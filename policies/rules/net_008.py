"""NET-008: machines do not stand where the internet begins."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import AUTOSCALING_GROUP, INSTANCE, SPOT_INSTANCE_REQUEST
from policies.routes import leads_to_the_internet, tables_of
from policies.rule import StackRule
from policies.subjects import Resource, Stack


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Follow a machine to its subnets and their route tables, as far as this stack holds them."""
    property_name = "vpcZoneIdentifiers" if resource.type == AUTOSCALING_GROUP else "subnetId"

    def judge(subnet: Resource) -> Outcomes:
        yield from each(tables_of(subnet, stack), lambda table: follow(subnet, table))

    def follow(subnet: Resource, table: Resource) -> Outcomes:
        if leads_to_the_internet(table, stack):
            yield Problem(f"stands in {subnet.name}, whose routes lead straight to the internet", property_name)

    yield from each(stack.targets(resource, property_name), judge)


RULE = StackRule(
    id="NET-008",
    title="Machines stand in subnets without a way to the internet",
    severity=Severity.MEDIUM,
    types=(INSTANCE, SPOT_INSTANCE_REQUEST, AUTOSCALING_GROUP),
    rationale="Behind such a route one wrong address or rule publishes a machine; load balancers are made for it.",
    remediation="Move it to a subnet whose route table names no internet gateway; go out by a NAT or a proxy.",
    check=check,
)
