"""Site-to-site VPN, which moto knows by name only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.twin.aws.extension.account import address, code, customer, gateway, seen, table, vpc

pytestmark = pytest.mark.api


def connect(cloud: Any, gateway_id: str, customer_id: str, **options: Any) -> str:
    made = cloud.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=customer_id, VpnGatewayId=gateway_id, Options=options
    )
    return str(made["VpnConnection"]["VpnConnectionId"])


def connection(cloud: Any, id_: str) -> Mapping[str, Any]:
    return cloud.describe_vpn_connections(VpnConnectionIds=[id_])["VpnConnections"][0]


def settle(cloud: Any, id_: str) -> Mapping[str, Any]:
    return seen(lambda: connection(cloud, id_))[-1]


@pytest.fixture
def ends(cloud: Any) -> tuple[str, str]:
    return gateway(cloud, vpc(cloud)), customer(cloud, address())


def test_tunnel_options_are_kept_and_nothing_else_is_told(cloud: Any, ends: tuple[str, str]) -> None:
    asked = {
        "TunnelInsideCidr": "169.254.10.0/30",
        "PreSharedKey": "north.to.paris_1",
        "IKEVersions": [{"Value": "ikev2"}],
        "Phase1DHGroupNumbers": [{"Value": 20}],
        "Phase2EncryptionAlgorithms": [{"Value": "AES256-GCM-16"}],
        "DPDTimeoutSeconds": 45,
        "DPDTimeoutAction": "restart",
        "StartupAction": "start",
    }
    first, second = settle(cloud, connect(cloud, *ends, TunnelOptions=[asked]))["Options"]["TunnelOptions"]
    renamed = {
        "IKEVersions": "IkeVersions",
        "DPDTimeoutSeconds": "DpdTimeoutSeconds",
        "DPDTimeoutAction": "DpdTimeoutAction",
    }
    outside = first.pop("OutsideIpAddress")
    assert first == {renamed.get(name, name): value for name, value in asked.items()}
    assert second.keys() == {"OutsideIpAddress", "TunnelInsideCidr", "PreSharedKey"}
    assert second["OutsideIpAddress"] != outside
    assert second["PreSharedKey"] != first["PreSharedKey"]


def test_the_second_tunnel_may_have_the_only_options(cloud: Any, ends: tuple[str, str]) -> None:
    made = settle(cloud, connect(cloud, *ends, TunnelOptions=[{}, {"ReplayWindowSize": 128}]))
    assert [item.get("ReplayWindowSize") for item in made["Options"]["TunnelOptions"]] == [None, 128]


def test_the_customers_configuration_agrees_with_the_options(cloud: Any, ends: tuple[str, str]) -> None:
    told = settle(cloud, connect(cloud, *ends))
    written = ElementTree.fromstring(told["CustomerGatewayConfiguration"])
    tunnels = written.findall("ipsec_tunnel")
    assert [item.findtext("ike/pre_shared_key") for item in tunnels] == [
        item["PreSharedKey"] for item in told["Options"]["TunnelOptions"]
    ]
    assert {item.findtext("customer_gateway/bgp/asn") for item in tunnels} == {"65010"}
    assert {item.findtext("vpn_gateway/bgp/asn") for item in tunnels} == {"64512"}
    (customers,) = cloud.describe_customer_gateways(CustomerGatewayIds=[ends[1]])["CustomerGateways"]
    outside = "customer_gateway/tunnel_outside_address/ip_address"
    assert {item.findtext(outside) for item in tunnels} == {customers["IpAddress"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"TunnelInsideCidr": "169.254.10.0/29"},
        {"TunnelInsideCidr": "169.254.5.0/30"},
        {"TunnelInsideCidr": "10.0.0.0/30"},
        {"PreSharedKey": "0123456789"},
        {"PreSharedKey": "short"},
        {"Phase1DHGroupNumbers": [{"Value": 1}]},
        {"Phase1EncryptionAlgorithms": [{"Value": "3DES"}]},
        {"IKEVersions": [{"Value": "ikev3"}]},
        {"Phase1LifetimeSeconds": 899},
        {"Phase1LifetimeSeconds": 1000, "Phase2LifetimeSeconds": 1000},
        {"RekeyMarginTimeSeconds": 1800, "Phase2LifetimeSeconds": 3000},
        {"DPDTimeoutAction": "panic"},
    ],
)
def test_wrong_tunnel_options_are_refused(cloud: Any, ends: tuple[str, str], wrong: dict[str, Any]) -> None:
    assert code(lambda: connect(cloud, *ends, TunnelOptions=[wrong])) == "InvalidParameterValue"
    filters = [{"Name": "vpn-gateway-id", "Values": [ends[0]]}]
    assert cloud.describe_vpn_connections(Filters=filters)["VpnConnections"] == []


def test_two_tunnels_never_share_an_inside_network(cloud: Any, ends: tuple[str, str]) -> None:
    inside = {"TunnelInsideCidr": "169.254.10.0/30"}
    assert code(lambda: connect(cloud, *ends, TunnelOptions=[inside, inside])) == "InvalidParameterValue"
    connect(cloud, *ends, TunnelOptions=[inside])
    other = customer(cloud, address())
    assert code(lambda: connect(cloud, ends[0], other, TunnelOptions=[inside])) == "InvalidParameterValue"


def test_what_would_be_dropped_is_refused(cloud: Any, ends: tuple[str, str]) -> None:
    assert code(lambda: connect(cloud, *ends, TunnelBandwidth="large")) == "UnsupportedOperation"
    tunnel = {"TunnelInsideIpv6Cidr": "fd00::/126"}
    assert code(lambda: connect(cloud, *ends, TunnelOptions=[tunnel])) == "UnsupportedOperation"


def test_a_connection_takes_a_while_to_come_change_and_go(cloud: Any, ends: tuple[str, str]) -> None:
    id_ = connect(cloud, *ends)
    state = lambda: connection(cloud, id_)["State"]  # noqa: E731
    assert seen(state, 3) == ["pending", "pending", "available"]
    outside = connection(cloud, id_)["Options"]["TunnelOptions"][1]["OutsideIpAddress"]
    change = lambda: cloud.modify_vpn_tunnel_options(  # noqa: E731
        VpnConnectionId=id_, VpnTunnelOutsideIpAddress=outside, TunnelOptions={"DPDTimeoutSeconds": 60}
    )
    change()
    assert code(change) == "IncorrectState"
    assert seen(state, 3) == ["modifying", "modifying", "available"]
    first, second = connection(cloud, id_)["Options"]["TunnelOptions"]
    assert "DpdTimeoutSeconds" not in first
    assert second["DpdTimeoutSeconds"] == 60
    cloud.delete_vpn_connection(VpnConnectionId=id_)
    assert seen(state, 3) == ["deleting", "deleting", "deleted"]
    assert "CustomerGatewayConfiguration" not in connection(cloud, id_)
    assert code(lambda: cloud.delete_vpn_connection(VpnConnectionId=id_)) == "InvalidVpnConnectionID.NotFound"


def test_no_tunnel_is_up(cloud: Any, ends: tuple[str, str]) -> None:
    assert {item["Status"] for item in settle(cloud, connect(cloud, *ends))["VgwTelemetry"]} == {"DOWN"}


def test_gateways_in_use_stay(cloud: Any, ends: tuple[str, str]) -> None:
    id_ = connect(cloud, *ends)
    assert code(lambda: cloud.delete_customer_gateway(CustomerGatewayId=ends[1])) == "IncorrectState"
    assert code(lambda: cloud.delete_vpn_gateway(VpnGatewayId=ends[0])) == "IncorrectState"
    cloud.delete_vpn_connection(VpnConnectionId=id_)
    cloud.delete_customer_gateway(CustomerGatewayId=ends[1])
    assert code(lambda: cloud.delete_vpn_gateway(VpnGatewayId=ends[0])) == "IncorrectState"


def test_a_connection_needs_both_ends_and_one_per_address(cloud: Any, ends: tuple[str, str]) -> None:
    assert code(lambda: connect(cloud, "vgw-0123456789abcdef0", ends[1])) == "InvalidVpnGatewayID.NotFound"
    assert code(lambda: connect(cloud, ends[0], "cgw-0123456789abcdef0")) == "InvalidCustomerGatewayID.NotFound"
    connect(cloud, *ends)
    assert code(lambda: connect(cloud, *ends)) == "InvalidCustomerGateway.DuplicateIpAddress"


def test_one_gateway_a_vpc_and_one_vpc_a_gateway(cloud: Any) -> None:
    here, there = vpc(cloud), vpc(cloud)
    attached = gateway(cloud, here)
    assert code(lambda: cloud.attach_vpn_gateway(VpnGatewayId=attached, VpcId=there)) == (
        "VpnGatewayAttachmentLimitExceeded"
    )
    assert code(lambda: gateway(cloud, here)) == "InvalidParameterValue"
    attachment = lambda: cloud.describe_vpn_gateways(VpnGatewayIds=[attached])["VpnGateways"][0]["VpcAttachments"]  # noqa: E731
    assert [item[0]["State"] for item in seen(attachment, 3)] == ["attaching", "attaching", "attached"]


def test_the_same_customer_gateway_again_is_the_first_one(cloud: Any) -> None:
    here = address()
    assert customer(cloud, here) == customer(cloud, here)
    assert customer(cloud, here, asn=65011) != customer(cloud, here)


def test_static_routes_belong_to_connections_without_bgp(cloud: Any, ends: tuple[str, str]) -> None:
    learns = connect(cloud, *ends)

    def add(id_: str) -> None:
        cloud.create_vpn_connection_route(VpnConnectionId=id_, DestinationCidrBlock="10.32.0.0/16")

    assert code(lambda: add(learns)) == "InvalidParameterValue"
    told = connect(cloud, ends[0], customer(cloud, address()), StaticRoutesOnly=True)
    add(told)
    route = {"DestinationCidrBlock": "10.32.0.0/16", "Source": "Static", "State": "available"}
    assert settle(cloud, told)["Routes"] == [route]
    cloud.delete_vpn_connection_route(VpnConnectionId=told, DestinationCidrBlock="10.32.0.0/16")
    assert settle(cloud, told)["Routes"] == []


def test_propagation_is_kept_by_the_route_table(cloud: Any) -> None:
    here = vpc(cloud)
    routes, attached = table(cloud, here), gateway(cloud, here)
    told = lambda: cloud.describe_route_tables(RouteTableIds=[routes])["RouteTables"][0]["PropagatingVgws"]  # noqa: E731
    loose = gateway(cloud)
    assert code(lambda: cloud.enable_vgw_route_propagation(RouteTableId=routes, GatewayId=loose)) == (
        "Gateway.NotAttached"
    )
    cloud.enable_vgw_route_propagation(RouteTableId=routes, GatewayId=attached)
    assert told() == [{"GatewayId": attached}]
    cloud.disable_vgw_route_propagation(RouteTableId=routes, GatewayId=attached)
    assert told() == []
