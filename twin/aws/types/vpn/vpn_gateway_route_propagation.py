"""aws.ec2.VpnGatewayRoutePropagation: a route table takes over what a VPN gateway learns."""

from __future__ import annotations

from providers.logic import ProviderError
from twin.aws.ec2 import ec2, nothing, one
from twin.aws.session import Session
from twin.aws.spec import prop, unless_missing
from twin.framework.declaration import Call, Found, Given, Inputs, Record, ResourceType


def _id(inputs: Inputs) -> str:
    return f"{inputs['vpnGatewayId']}_{inputs['routeTableId']}"


def _is_on(call: Call[Session], gateway: str, table: str) -> bool:
    found = one(call, "describe_route_tables", "RouteTables", "RouteTableIds", table, "InvalidRouteTableID.NotFound")
    return found is not None and any(item["GatewayId"] == gateway for item in found["PropagatingVgws"])


def _create(call: Call[Session], inputs: Inputs) -> str:
    gateway, table = inputs["vpnGatewayId"], inputs["routeTableId"]
    with call.world.turn(table):
        # EC2 has no objection to switching on what is on.
        if _is_on(call, gateway, table):
            raise ProviderError(f"propagation from {gateway} into {table} already exists")
        ec2(call).enable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table)
    return _id(inputs)


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    gateway, _, table = id_.partition("_")
    return {"VpnGatewayId": gateway, "RouteTableId": table} if table and _is_on(call, gateway, table) else None


def _delete(call: Call[Session], id_: str, _known: Inputs) -> None:
    gateway, _, table = id_.partition("_")
    missing = ("InvalidRouteTableID.NotFound", "InvalidVpnGatewayID.NotFound")
    unless_missing(lambda: ec2(call).disable_vgw_route_propagation(GatewayId=gateway, RouteTableId=table), *missing)


def _locate(_call: Call[Session], name: str) -> Found | None:
    return Found(name)


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    return _id(inputs) if _is_on(call, inputs["vpnGatewayId"], inputs["routeTableId"]) else None


VPN_GATEWAY_ROUTE_PROPAGATION = ResourceType[Session](
    "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
    properties=(
        prop("vpnGatewayId", replaces=True, samples=(Given("attached gateway"),)),
        prop("routeTableId", replaces=True, samples=(Given("route table"), Given("other route table"))),
    ),
    outputs=(),
    create=_create,
    read=_read,
    update=nothing,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("vpnGatewayId", "routeTableId"),
    # The official provider imports none; recovery needs it.
    import_syntax="vgw-…_rtb-…",
)
