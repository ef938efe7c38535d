"""Tunnels between a private network and the datacenters."""

from typing import Final

from twin.aws.session import Session
from twin.aws.types.vpn.customer_gateway import CUSTOMER_GATEWAY
from twin.aws.types.vpn.vpn_connection import VPN_CONNECTION
from twin.aws.types.vpn.vpn_gateway import VPN_GATEWAY
from twin.aws.types.vpn.vpn_gateway_attachment import VPN_GATEWAY_ATTACHMENT
from twin.aws.types.vpn.vpn_gateway_route_propagation import VPN_GATEWAY_ROUTE_PROPAGATION
from twin.framework.declaration import ResourceType

VPN: Final[tuple[ResourceType[Session], ...]] = (
    VPN_GATEWAY,
    VPN_GATEWAY_ATTACHMENT,
    VPN_GATEWAY_ROUTE_PROPAGATION,
    CUSTOMER_GATEWAY,
    VPN_CONNECTION,
)
