"""VPN connections: options and tunnels kept, static routes, modifications, states that take a while."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Final

from moto.core.parse import EC2QueryParser
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.ec2.models.vpn_connections import VPNConnection, VPNConnectionBackend
from moto.ec2.responses.vpn_connections import VPNConnections

from twin.aws.server.extension.ec2_errors import not_kept, refuse
from twin.aws.server.extension.eventual import begin, look, settled
from twin.aws.server.extension.patching import Patches
from twin.aws.server.extension.vpn_gateways import connections_of, live_gateway
from twin.aws.server.extension.vpn_tunnels import OUTSIDE, configuration, modify_tunnel, new_tunnel

PATCHES: Final = Patches()

_OPTIONS: Final = frozenset(
    ("StaticRoutesOnly", "LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr", "TunnelOptions",
     "EnableAcceleration", "TunnelInsideIpVersion", "OutsideIpAddressType")
)  # fmt: skip
_ANYWHERE: Final = "0.0.0.0/0"


@PATCHES.around(EC2QueryParser, "_parse_list")
def _parse_list(original: Any, self: Any, shape: Any, node: Any, prefix: str = "") -> Any:
    # An empty first item (a tunnel without options) has no key at all, and moto takes that for the end of the list.
    below = f"{prefix}.1."
    gap = any(key.startswith(f"{prefix}.2.") for key in node) and not any(key.startswith(below) for key in node)
    if not gap or shape.member.type_name != "structure":
        return original(self, shape, node, prefix)
    moved = {key.replace(f"{prefix}.2.", below, 1): value for key, value in node.items()}
    return [{}, *original(self, shape, moved, prefix)]


@PATCHES.around(VPNConnections, "create_vpn_connection")
def _create_vpn_connection(original: Any, self: Any) -> Any:
    backend, options = self.ec2_backend, dict(self._get_param("Options") or {})
    for name in ("TransitGatewayId", "VpnConcentratorId", "PreSharedKeyStorage"):
        if self._get_param(name) is not None:
            not_kept(name)
    _check(options)
    gateway = live_gateway(backend, self._get_param("VpnGatewayId"))
    customer = backend.get_customer_gateway(self._get_param("CustomerGatewayId"))
    if customer.state in ("deleting", "deleted"):
        refuse("InvalidCustomerGatewayID.NotFound", f"The customerGateway ID '{customer.id}' does not exist")
    beside = connections_of(backend, "vpn_gateway_id", gateway.id)
    for other in beside:
        if backend.get_customer_gateway(other.customer_gateway_id).ip_address == customer.ip_address:
            refuse("InvalidCustomerGateway.DuplicateIpAddress", "Conflict among chosen gateway IP addresses")
    made = _kept(backend, options, beside)
    answer = original(self)
    connection = answer.result["VpnConnection"]
    connection.options, connection.static_routes = made, {}
    begin(connection, "pending", "available")
    return answer


def _check(options: Mapping[str, Any]) -> None:
    for name in options.keys() - _OPTIONS:
        not_kept(f"connection option {name}")
    if options.get("EnableAcceleration"):
        refuse("InvalidParameterCombination", "EnableAcceleration needs a transit gateway")
    if options.get("TunnelInsideIpVersion", "ipv4") != "ipv4":
        refuse("InvalidParameterCombination", "TunnelInsideIpVersion ipv6 needs a transit gateway")
    if options.get("OutsideIpAddressType", "PublicIpv4") != "PublicIpv4":
        refuse("InvalidParameterCombination", "a private OutsideIpAddressType needs a transit gateway")
    for name in ("LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr"):
        _network(options.get(name, _ANYWHERE))
    if len(options.get("TunnelOptions", ())) > 2:
        refuse("InvalidParameterValue", "A VPN connection has two tunnels")


def _kept(backend: Any, options: Mapping[str, Any], beside: list[Any]) -> dict[str, Any]:
    taken = [tunnel["TunnelInsideCidr"] for other in beside for tunnel in other.options["TunnelOptions"]]
    asked = [*options.get("TunnelOptions", ()), {}, {}][:2]
    # Those that were asked for come first, so that a free one never takes their place.
    wanted = [given.get("TunnelInsideCidr") for given in asked]
    tunnels: list[dict[str, Any]] = []
    number = 2 * len(backend.vpn_connections)
    for index, given in enumerate(asked):
        others = [*taken, *(item["TunnelInsideCidr"] for item in tunnels)]
        if wanted[index] is None:
            others += [network for network in wanted if network]
        tunnels.append(new_tunnel(given, str(OUTSIDE[number + index + 1]), others))
    return {
        "EnableAcceleration": False,
        "StaticRoutesOnly": bool(options.get("StaticRoutesOnly")),
        "LocalIpv4NetworkCidr": options.get("LocalIpv4NetworkCidr", _ANYWHERE),
        "RemoteIpv4NetworkCidr": options.get("RemoteIpv4NetworkCidr", _ANYWHERE),
        "OutsideIpAddressType": "PublicIpv4",
        "TunnelInsideIpVersion": "ipv4",
        "TunnelOptions": tunnels,
    }


def _network(text: str) -> str:
    try:
        return str(ipaddress.IPv4Network(text))
    except ValueError:
        refuse("InvalidParameterValue", f"Value ({text}) is not an IPv4 network")


@PATCHES.property(VPNConnection, "customer_gateway_configuration")
def _configuration(self: Any) -> str | None:
    if self.state in ("deleting", "deleted"):
        return None
    backend = self.ec2_backend
    customer = backend.get_customer_gateway(self.customer_gateway_id)
    amazon_asn = str(backend.get_vpn_gateway(self.vpn_gateway_id).amazon_side_asn)
    static = self.options["StaticRoutesOnly"]
    return configuration(self, customer.ip_address, customer.bgp_asn, amazon_asn, static)


@PATCHES.property(VPNConnection, "category")
def _category(_self: Any) -> str:
    return "VPN"


@PATCHES.property(VPNConnection, "routes")
def _routes(self: Any) -> list[dict[str, str]]:
    return [
        {"DestinationCidrBlock": network, "Source": "Static", "State": route.state}
        for network, route in self.static_routes.items()
        if route.state != "deleted"
    ]


@PATCHES.property(VPNConnection, "vgw_telemetry")
def _telemetry(self: Any) -> list[dict[str, Any]]:
    # No packet leaves this world: a tunnel that said UP would be an invention.
    if self.state in ("deleting", "deleted"):
        return []
    started = self.__dict__.setdefault("created", utcnow())
    return [
        {
            "AcceptedRouteCount": 0,
            "LastStatusChange": started,
            "OutsideIpAddress": tunnel["OutsideIpAddress"],
            "Status": "DOWN",
            "StatusMessage": "IPSEC IS DOWN",
        }
        for tunnel in self.options["TunnelOptions"]
    ]


@PATCHES.around(VPNConnection, "get_filter_value")
def _filter_value(original: Any, self: Any, filter_name: str, method_name: str | None = None) -> Any:
    simple = {"vpn-connection-id": self.id, "route.destination-cidr-block": list(self.static_routes)}
    return simple[filter_name] if filter_name in simple else original(self, filter_name, method_name)


@PATCHES.around(VPNConnections, "describe_vpn_connections")
def _describe_vpn_connections(original: Any, self: Any) -> Any:
    for connection in self.ec2_backend.describe_vpn_connections(self._get_param("VpnConnectionIds", [])):
        look([connection, *connection.static_routes.values()])
    return original(self)


@PATCHES.method(VPNConnectionBackend, "delete_vpn_connection")
def _delete_vpn_connection(self: Any, vpn_connection_id: str) -> Any:
    connection = _live(self, vpn_connection_id)
    begin(connection, "deleting", "deleted")
    return connection


def _live(backend: Any, id_: str) -> Any:
    (connection,) = backend.describe_vpn_connections([id_])
    if connection.state in ("deleting", "deleted"):
        refuse("InvalidVpnConnectionID.NotFound", f"The vpnConnection ID '{id_}' does not exist")
    return connection


def _changing(self: Any) -> Any:
    """The connection a modification names, which must be in no passing state; it is in one from now on."""
    connection = _live(self.ec2_backend, self._get_param("VpnConnectionId"))
    if not settled(connection):
        refuse("IncorrectState", f"The vpnConnection '{connection.id}' is {connection.state}, not available")
    return connection


def _changed(connection: Any) -> ActionResult:
    begin(connection, "modifying", "available")
    return ActionResult({"VpnConnection": connection})


@PATCHES.method(VPNConnections, "modify_vpn_connection")
def _modify_vpn_connection(self: Any) -> ActionResult:
    connection, backend = _changing(self), self.ec2_backend
    if self._get_param("TransitGatewayId"):
        not_kept("TransitGatewayId")
    customer, gateway = self._get_param("CustomerGatewayId"), self._get_param("VpnGatewayId")
    if customer:
        connection.customer_gateway_id = backend.get_customer_gateway(customer).id
    if gateway:
        connection.vpn_gateway_id = live_gateway(backend, gateway).id
    return _changed(connection)


@PATCHES.method(VPNConnections, "modify_vpn_connection_options")
def _modify_vpn_connection_options(self: Any) -> ActionResult:
    connection = _changing(self)
    for name in ("LocalIpv6NetworkCidr", "RemoteIpv6NetworkCidr", "TunnelBandwidth"):
        if self._get_param(name) is not None:
            not_kept(name)
    for name in ("LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr"):
        if self._get_param(name) is not None:
            connection.options[name] = _network(self._get_param(name))
    return _changed(connection)


@PATCHES.method(VPNConnections, "modify_vpn_tunnel_options")
def _modify_vpn_tunnel_options(self: Any) -> ActionResult:
    connection, outside = _changing(self), self._get_param("VpnTunnelOutsideIpAddress")
    tunnels = [item for item in connection.options["TunnelOptions"] if item["OutsideIpAddress"] == outside]
    if not tunnels:
        refuse("InvalidParameterValue", f"{outside} is no outside address of {connection.id}")
    modify_tunnel(tunnels[0], self._get_param("TunnelOptions") or {})
    return _changed(connection)


class _StaticRoute:
    state = ""


@PATCHES.method(VPNConnections, "create_vpn_connection_route")
def _create_vpn_connection_route(self: Any) -> ActionResult:
    connection = _live(self.ec2_backend, self._get_param("VpnConnectionId"))
    if not connection.options["StaticRoutesOnly"]:
        refuse("InvalidParameterValue", f"{connection.id} learns its routes by BGP: it takes no static ones")
    route = connection.static_routes.setdefault(_network(self._get_param("DestinationCidrBlock")), _StaticRoute())
    begin(route, "pending", "available")
    return EmptyResult()


@PATCHES.method(VPNConnections, "delete_vpn_connection_route")
def _delete_vpn_connection_route(self: Any) -> ActionResult:
    connection = _live(self.ec2_backend, self._get_param("VpnConnectionId"))
    route = connection.static_routes.get(self._get_param("DestinationCidrBlock"))
    if route is None or route.state in ("deleting", "deleted"):
        refuse("InvalidRoute.NotFound", f"{connection.id} has no such route")
    begin(route, "deleting", "deleted")
    return EmptyResult()
