"""aws.ec2.Route: one way out of a route table."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, Final

from providers.logic import CheckFailure, ProviderError
from twin.aws.ec2 import ec2, one
from twin.aws.networks import network_problem
from twin.aws.session import Session
from twin.aws.spec import output, prop, request, unless_missing
from twin.framework.check import known as is_known
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType

TARGETS: Final = ("gatewayId", "networkInterfaceId")


def route_id(table: str, destination: str) -> str:
    """The id the official provider makes up, since EC2 has none."""
    return f"r-{table}{zlib.crc32(destination.encode())}"


def find_route(call: Call[Session], table: str, destination: str) -> Any | None:
    """The route of a table to exactly this network; None when there is no such table or route."""
    found = one(call, "describe_route_tables", "RouteTables", "RouteTableIds", table, "InvalidRouteTableID.NotFound")
    routes = [] if found is None else found["Routes"]
    return next((item for item in routes if item.get("DestinationCidrBlock") == destination), None)


def _create(call: Call[Session], inputs: Inputs) -> str:
    ec2(call).create_route(**request(ROUTE.properties, inputs))
    return route_id(inputs["routeTableId"], inputs["destinationCidrBlock"])


def _read(call: Call[Session], id_: str, known: Inputs) -> Record | None:
    table, destination = known.get("routeTableId"), known.get("destinationCidrBlock")
    if table is None or destination is None:
        raise ProviderError(f"a route is imported as {ROUTE.import_syntax}, not {id_!r}")
    found = find_route(call, table, destination)
    return None if found is None else {**found, "RouteTableId": table}


def _update(call: Call[Session], _id: str, changes: Changes) -> None:
    ec2(call).replace_route(**request(ROUTE.properties, changes.new))


def _delete(call: Call[Session], _id: str, known: Inputs) -> None:
    unless_missing(
        lambda: ec2(call).delete_route(
            RouteTableId=known["routeTableId"], DestinationCidrBlock=known["destinationCidrBlock"]
        ),
        "InvalidRoute.NotFound",
        "InvalidRouteTableID.NotFound",
    )


def _locate(_call: Call[Session], name: str) -> Found | None:
    table, _, destination = name.partition("_")
    if not table.startswith("rtb-") or not destination:
        return None
    return Found(route_id(table, destination), {"routeTableId": table, "destinationCidrBlock": destination})


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    table, destination = inputs["routeTableId"], inputs["destinationCidrBlock"]
    return None if find_route(call, table, destination) is None else route_id(table, destination)


def _leads_somewhere(inputs: Inputs) -> Iterable[CheckFailure]:
    if not any(name in inputs for name in TARGETS):
        yield CheckFailure("gatewayId", f"one of {', '.join(f'`{name}`' for name in TARGETS)} must be specified")
    if "destinationCidrBlock" not in inputs:
        yield CheckFailure("destinationCidrBlock", "`destinationCidrBlock` must be specified")
    elif is_known(inputs, "destinationCidrBlock") and (problem := network_problem(inputs["destinationCidrBlock"])):
        yield CheckFailure("destinationCidrBlock", f"`destinationCidrBlock` {problem}")


ROUTE = ResourceType[Session](
    "aws:ec2/route:Route",
    properties=(
        prop("routeTableId", replaces=True, samples=(Given("route table"), Given("other route table"))),
        prop("destinationCidrBlock", replaces=True, samples=("10.128.0.0/16", "10.129.0.0/16")),
        prop("gatewayId", conflicts=("networkInterfaceId",), samples=(Given("attached gateway"),)),
        prop("networkInterfaceId", conflicts=("gatewayId",), samples=(Given("card"), Given("other card"))),
    ),
    outputs=(output("origin"), output("state")),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("routeTableId", "destinationCidrBlock"),
    rules=(_leads_somewhere,),
    import_syntax="rtb-…_NETWORK",
)
