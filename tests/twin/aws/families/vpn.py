"""Both ends of VPNs, and what is between them."""

from __future__ import annotations

import itertools
from typing import Any
from xml.etree import ElementTree

from tests.twin.aws.account import Account
from tests.twin.aws.case import Case, Inputs
from tests.twin.aws.families.ec2 import arn, tags
from twin.framework.declaration import Given

_addresses = itertools.count(100)


def given(account: Account) -> dict[str, Any]:
    ec2, logs = account.client("ec2"), account.client("logs")
    logs.create_log_group(logGroupName="/tunnels")
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/tunnels")["logGroups"]
    made: dict[str, Any] = {"log group arn": group["logGroupArn"]}
    for name, block in {"free vpc": "10.82.0.0/16", "other free vpc": "10.83.0.0/16"}.items():
        made[name] = ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
    for name in ("free gateway", "other free gateway"):
        made[name] = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    for name, address in {"customer gateway": "192.0.2.1", "other customer gateway": "192.0.2.2"}.items():
        customer = ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65010, IpAddress=address)
        made[name] = customer["CustomerGateway"]["CustomerGatewayId"]
    return made


def _gateway(account: Account, id_: str) -> Inputs:
    (found,) = account.client("ec2").describe_vpn_gateways(VpnGatewayIds=[id_])["VpnGateways"]
    held = [item["VpcId"] for item in found["VpcAttachments"] if item["State"] == "attached"]
    return {
        "amazonSideAsn": str(found["AmazonSideAsn"]),
        "availabilityZone": found.get("AvailabilityZone"),
        "vpcId": held[0] if held else None,
        "arn": arn("vpn-gateway", id_),
        "tagsAll": tags(found),
    }


def _attachment(account: Account, _id: str) -> Inputs:
    free = [account.ids["free gateway"], account.ids["other free gateway"]]
    found = account.client("ec2").describe_vpn_gateways(VpnGatewayIds=free)["VpnGateways"]
    ((vpc, gateway),) = (
        (item["VpcId"], gateway["VpnGatewayId"])
        for gateway in found
        for item in gateway["VpcAttachments"]
        if item["State"] == "attached"
    )
    return {"vpcId": vpc, "vpnGatewayId": gateway}


def _propagation(account: Account, id_: str) -> Inputs:
    gateway, table = id_.split("_")
    (found,) = account.client("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert found["PropagatingVgws"] == [{"GatewayId": gateway}]
    return {"vpnGatewayId": gateway, "routeTableId": table}


def _customer(account: Account, id_: str) -> Inputs:
    (found,) = account.client("ec2").describe_customer_gateways(CustomerGatewayIds=[id_])["CustomerGateways"]
    return {
        "type": found["Type"],
        "ipAddress": found["IpAddress"],
        "bgpAsn": found["BgpAsn"],
        "deviceName": found.get("DeviceName"),
        "arn": arn("customer-gateway", id_),
        "tagsAll": tags(found),
    }


def _connection(account: Account, id_: str) -> Inputs:
    (found,) = account.client("ec2").describe_vpn_connections(VpnConnectionIds=[id_])["VpnConnections"]
    options = found["Options"]
    values = {
        "type": found["Type"],
        "customerGatewayId": found["CustomerGatewayId"],
        "vpnGatewayId": found["VpnGatewayId"],
        "staticRoutesOnly": options["StaticRoutesOnly"],
        "localIpv4NetworkCidr": options["LocalIpv4NetworkCidr"],
        "remoteIpv4NetworkCidr": options["RemoteIpv4NetworkCidr"],
        "customerGatewayConfiguration": found["CustomerGatewayConfiguration"],
        "routes": found["Routes"],
        "vgwTelemetries": [_telemetry(item) for item in found["VgwTelemetry"]],
        "arn": arn("vpn-connection", id_),
        "tagsAll": tags(found),
    }
    told = ElementTree.fromstring(found["CustomerGatewayConfiguration"]).findall("ipsec_tunnel")
    for number, (tunnel, here) in enumerate(zip(options["TunnelOptions"], told, strict=True), start=1):
        values |= {f"tunnel{number}{name}": value for name, value in _tunnel(tunnel, here).items()}
    return values


def _telemetry(item: Any) -> Inputs:
    return {
        "acceptedRouteCount": item["AcceptedRouteCount"],
        "outsideIpAddress": item["OutsideIpAddress"],
        "status": item["Status"],
        "statusMessage": item["StatusMessage"],
        "lastStatusChange": item["LastStatusChange"].isoformat(),
    }


def _tunnel(tunnel: Any, told: ElementTree.Element) -> Inputs:
    def listed(key: str) -> set[Any] | None:
        return {item["Value"] for item in tunnel[key]} if key in tunnel else None

    logs = tunnel.get("LogOptions", {}).get("CloudWatchLogOptions", {})
    return {
        "Address": tunnel["OutsideIpAddress"],
        "InsideCidr": tunnel["TunnelInsideCidr"],
        "PresharedKey": tunnel["PreSharedKey"],
        "DpdTimeoutAction": tunnel.get("DpdTimeoutAction"),
        "DpdTimeoutSeconds": tunnel.get("DpdTimeoutSeconds"),
        "IkeVersions": listed("IkeVersions"),
        "Phase1DhGroupNumbers": listed("Phase1DHGroupNumbers"),
        "Phase1EncryptionAlgorithms": listed("Phase1EncryptionAlgorithms"),
        "Phase1IntegrityAlgorithms": listed("Phase1IntegrityAlgorithms"),
        "Phase1LifetimeSeconds": tunnel.get("Phase1LifetimeSeconds"),
        "Phase2DhGroupNumbers": listed("Phase2DHGroupNumbers"),
        "Phase2EncryptionAlgorithms": listed("Phase2EncryptionAlgorithms"),
        "Phase2IntegrityAlgorithms": listed("Phase2IntegrityAlgorithms"),
        "Phase2LifetimeSeconds": tunnel.get("Phase2LifetimeSeconds"),
        "RekeyFuzzPercentage": tunnel.get("RekeyFuzzPercentage"),
        "RekeyMarginTimeSeconds": tunnel.get("RekeyMarginTimeSeconds"),
        "ReplayWindowSize": tunnel.get("ReplayWindowSize"),
        "StartupAction": tunnel.get("StartupAction"),
        "EnableTunnelLifecycleControl": tunnel.get("EnableTunnelLifecycleControl"),
        "LogOptions": {
            "cloudwatchLogOptions": {
                "logEnabled": logs.get("LogEnabled"),
                "logGroupArn": logs.get("LogGroupArn"),
                "logOutputFormat": logs.get("LogOutputFormat"),
            }
        },
        "BgpAsn": told.findtext("vpn_gateway/bgp/asn"),
        "BgpHoldtime": int(told.findtext("vpn_gateway/bgp/hold_time", "0")),
        "CgwInsideAddress": told.findtext("customer_gateway/tunnel_inside_address/ip_address"),
        "VgwInsideAddress": told.findtext("vpn_gateway/tunnel_inside_address/ip_address"),
    }


CASES = {
    "ec2.VpnGateway": Case(minimal=lambda name: {"tags": {"Name": name}}, read=_gateway, alone=False),
    "ec2.VpnGatewayAttachment": Case(
        minimal=lambda _: {"vpcId": Given("free vpc"), "vpnGatewayId": Given("free gateway")},
        read=_attachment,
        import_id=lambda inputs, _: f"{inputs['vpcId']}_{inputs['vpnGatewayId']}",
    ),
    "ec2.VpnGatewayRoutePropagation": Case(
        minimal=lambda _: {"vpnGatewayId": Given("attached gateway"), "routeTableId": Given("route table")},
        read=_propagation,
    ),
    "ec2.CustomerGateway": Case(
        minimal=lambda name: {
            "type": "ipsec.1",
            "bgpAsn": "65010",
            "ipAddress": f"192.0.2.{next(_addresses)}",
            "tags": {"Name": name},
        },
        read=_customer,
    ),
    "ec2.VpnConnection": Case(
        minimal=lambda name: {
            "type": "ipsec.1",
            "customerGatewayId": Given("customer gateway"),
            "vpnGatewayId": Given("free gateway"),
            "tags": {"Name": name},
        },
        read=_connection,
    ),
}
