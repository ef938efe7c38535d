"""Both ends of a VPN: virtual private gateways and their attachments, customer gateways; propagation into routes."""

from __future__ import annotations

import ipaddress
from typing import Any, Final

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models.customer_gateways import CustomerGatewayBackend
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.models.vpn_gateway import VpnGatewayBackend
from moto.ec2.responses.customer_gateways import CustomerGateways
from moto.ec2.responses.route_tables import RouteTables
from moto.ec2.responses.virtual_private_gateways import VirtualPrivateGateways

from twin.aws.server.extension.ec2_errors import not_kept, refuse
from twin.aws.server.extension.eventual import begin, look
from twin.aws.server.extension.patching import Patches

PATCHES: Final = Patches()

AMAZON_ASN: Final = 64512
PRIVATE_ASNS: Final = ((64512, 65534), (4200000000, 4294967294))


def live_gateway(backend: Any, gateway_id: str | None) -> Any:
    """The virtual private gateway, which must not be deleted."""
    gateway = backend.get_vpn_gateway(gateway_id)
    if gateway.state == "deleted":
        refuse("InvalidVpnGatewayID.NotFound", f"The vpnGateway ID '{gateway_id}' does not exist")
    return gateway


def attached_vpc(gateway: Any) -> str | None:
    """The id of the VPC a virtual private gateway is attached to, or on its way to."""
    held = (item.vpc_id for item in gateway.attachments.values() if item.state in ("attaching", "attached"))
    return next(held, None)


def connections_of(backend: Any, end: str, id_: str) -> list[Any]:
    """The VPN connections that end at a gateway: `end` is `vpn_gateway_id` or `customer_gateway_id`."""
    return [
        item
        for item in backend.vpn_connections.values()
        if getattr(item, end) == id_ and item.state not in ("deleting", "deleted")
    ]


@PATCHES.around(VpnGatewayBackend, "create_vpn_gateway")
def _create_vpn_gateway(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    asn = int(kwargs.get("amazon_side_asn") or AMAZON_ASN)
    if not any(low <= asn <= high for low, high in PRIVATE_ASNS):
        refuse("InvalidParameterValue", f"Invalid Amazon Side ASN: {asn} is not a private one")
    zone = kwargs.get("availability_zone")
    if zone and zone not in {item.name for item in self.describe_availability_zones()}:
        refuse("InvalidParameterValue", f"Value ({zone}) for parameter availabilityZone is invalid.")
    return original(self, *args, **{**kwargs, "amazon_side_asn": asn})


@PATCHES.around(VpnGatewayBackend, "describe_vpn_gateways")
def _describe_vpn_gateways(original: Any, self: Any, filters: Any = None, vpn_gw_ids: Any = None) -> Any:
    for id_ in vpn_gw_ids or []:
        self.get_vpn_gateway(id_)
    return original(self, filters, vpn_gw_ids)


@PATCHES.around(VpnGatewayBackend, "attach_vpn_gateway")
def _attach_vpn_gateway(original: Any, self: Any, vpn_gateway_id: str, vpc_id: str) -> Any:
    gateway = live_gateway(self, vpn_gateway_id)
    self.get_vpc(vpc_id)
    if attached_vpc(gateway) is not None:
        refuse("VpnGatewayAttachmentLimitExceeded", f"{vpn_gateway_id} is attached to a VPC already")
    if any(attached_vpc(other) == vpc_id for other in self.vpn_gateways.values()):
        refuse("InvalidParameterValue", f"Network {vpc_id} already has an attached virtual private gateway")
    attachment = original(self, vpn_gateway_id, vpc_id)
    begin(attachment, "attaching", "attached")
    return attachment


@PATCHES.around(VpnGatewayBackend, "detach_vpn_gateway")
def _detach_vpn_gateway(original: Any, self: Any, vpn_gateway_id: str, vpc_id: str) -> Any:
    if attached_vpc(self.get_vpn_gateway(vpn_gateway_id)) != vpc_id:
        refuse("InvalidVpnGatewayAttachment.NotFound", f"{vpn_gateway_id} is not attached to {vpc_id}")
    attachment = original(self, vpn_gateway_id, vpc_id)
    begin(attachment, "detaching", "detached")
    return attachment


@PATCHES.around(VpnGatewayBackend, "delete_vpn_gateway")
def _delete_vpn_gateway(original: Any, self: Any, vpn_gateway_id: str) -> Any:
    gateway = live_gateway(self, vpn_gateway_id)
    held = any(item.state != "detached" for item in gateway.attachments.values())
    if held or connections_of(self, "vpn_gateway_id", vpn_gateway_id):
        refuse("IncorrectState", f"The vpnGateway '{vpn_gateway_id}' is in use")
    return original(self, vpn_gateway_id)


@PATCHES.around(VirtualPrivateGateways, "describe_vpn_gateways")
def _answer_vpn_gateways(original: Any, self: Any) -> Any:
    for gateway in self.ec2_backend.describe_vpn_gateways(None, self._get_param("VpnGatewayIds", [])):
        look(gateway.attachments.values())
    return original(self)


@PATCHES.around(CustomerGatewayBackend, "create_customer_gateway")
def _create_customer_gateway(
    original: Any, self: Any, gateway_type: str, ip_address: str, bgp_asn: str, tags: Any = None
) -> Any:
    try:
        address = ipaddress.IPv4Address(ip_address or "")
    except ValueError:
        refuse("InvalidParameterValue", f"Value ({ip_address}) for parameter IpAddress is invalid: not an IPv4 address")
    asn = int(bgp_asn or 65000)
    for gateway in self.customer_gateways.values():
        known = (gateway.state != "deleted", gateway.ip_address, gateway.bgp_asn)
        if known == (True, str(address), str(asn)):
            return gateway
    gateway = original(self, gateway_type, str(address), str(asn), tags=tags)
    begin(gateway, "pending", "available")
    return gateway


@PATCHES.around(CustomerGatewayBackend, "describe_customer_gateways")
def _describe_customer_gateways(original: Any, self: Any, filters: Any = None, customer_gateway_ids: Any = None) -> Any:
    for id_ in customer_gateway_ids or []:
        self.get_customer_gateway(id_)
    tag_filters = {name: values for name, values in (filters or {}).items() if name.startswith("tag")}
    found = original(self, filters, customer_gateway_ids)
    return [
        item for item in found if all(item.get_filter_value(name) in values for name, values in tag_filters.items())
    ]


@PATCHES.around(CustomerGatewayBackend, "delete_customer_gateway")
def _delete_customer_gateway(original: Any, self: Any, customer_gateway_id: str) -> None:
    if connections_of(self, "customer_gateway_id", customer_gateway_id):
        refuse("IncorrectState", "The customer gateway is in use.")
    gateway = self.get_customer_gateway(customer_gateway_id)
    if gateway.state == "deleted":
        refuse("InvalidCustomerGatewayID.NotFound", f"The customerGateway ID '{customer_gateway_id}' does not exist")
    original(self, customer_gateway_id)
    begin(gateway, "deleting", "deleted")


@PATCHES.around(CustomerGateways, "create_customer_gateway")
def _answer_customer_gateway(original: Any, self: Any) -> Any:
    for name in ("CertificateArn", "BgpAsnExtended"):
        if self._get_param(name) is not None:
            not_kept(name)
    answer = original(self)
    answer.result["CustomerGateway"].device_name = self._get_param("DeviceName")
    return answer


@PATCHES.around(CustomerGateways, "describe_customer_gateways")
def _answer_customer_gateways(original: Any, self: Any) -> Any:
    look(self.ec2_backend.describe_customer_gateways(None, self._get_param("CustomerGatewayIds", [])))
    return original(self)


def _propagating(table: Any) -> set[str]:
    """The gateways whose routes a table takes over: kept on the table, where moto has no place for them."""
    return table.__dict__.setdefault("propagating_gateways", set())


@PATCHES.property(RouteTable, "propagating_vgws")
def _propagating_vgws(self: Any) -> list[dict[str, str]]:
    return [{"GatewayId": id_} for id_ in sorted(_propagating(self))]


@PATCHES.method(RouteTables, "enable_vgw_route_propagation")
def _enable_vgw_route_propagation(self: Any) -> ActionResult:
    table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
    gateway = live_gateway(self.ec2_backend, self._get_param("GatewayId"))
    if attached_vpc(gateway) != table.vpc_id:
        refuse("Gateway.NotAttached", f"{gateway.id} is not attached to {table.vpc_id}")
    _propagating(table).add(gateway.id)
    return EmptyResult()


@PATCHES.method(RouteTables, "disable_vgw_route_propagation")
def _disable_vgw_route_propagation(self: Any) -> ActionResult:
    table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
    gateway = self.ec2_backend.get_vpn_gateway(self._get_param("GatewayId"))
    _propagating(table).discard(gateway.id)
    return EmptyResult()
