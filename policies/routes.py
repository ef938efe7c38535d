"""Where route tables lead, told by what their routes were made from."""

from __future__ import annotations

from functools import partial
from typing import Final

from policies.answers import any_of
from policies.resource_types import DEFAULT_ROUTE_TABLE, INTERNET_GATEWAY, ROUTE, ROUTE_TABLE_ASSOCIATION
from policies.subjects import Resource, Stack
from policies.values import Node

_GATEWAY_ID: Final = "igw-"


def tables_of(subnet: Resource, stack: Stack) -> list[Resource]:
    """The route tables a subnet is joined to: one of its own, or else its network's main one."""
    joined = [
        table
        for association in stack.pointing_at(subnet, ROUTE_TABLE_ASSOCIATION, "subnetId")
        for table in stack.targets(association, "routeTableId")
    ]
    return joined or [
        table
        for network in stack.targets(subnet, "vpcId")
        for table in stack.pointing_at(network, DEFAULT_ROUTE_TABLE, "defaultRouteTableId")
    ]


def leads_to_the_internet(table: Resource, stack: Stack) -> bool:
    """Whether a route of a table, inline or by itself, ends at an internet gateway."""
    return any_of(
        *(
            partial(_is_internet_gateway, route["gatewayId"], route, "gatewayId", stack)
            for route in stack.pointing_at(table, ROUTE, "routeTableId")
        ),
        lambda: any_of(
            *(
                partial(_is_internet_gateway, route["gatewayId"], table, "routes", stack)
                for route in table["routes"].items
            )
        ),
    )


def _is_internet_gateway(gateway: Node, resource: Resource, property_name: str, stack: Stack) -> bool:
    sources = stack.targets(resource, property_name)
    if any(source.type == INTERNET_GATEWAY for source in sources):
        return True
    # What it came from is known and is something else, whatever its id turns out to be.
    return not sources and gateway.text().startswith(_GATEWAY_ID)
