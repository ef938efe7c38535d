"""Networks, security groups, and what is in them."""

from __future__ import annotations

from typing import Any

from tests.twin.aws.account import ACCOUNT, Account
from tests.twin.aws.case import Case, Inputs
from twin.framework.declaration import Given


def given(account: Account) -> dict[str, Any]:
    ec2 = account.client("ec2")
    networks = {"vpc": "10.80.0.0/16", "other vpc": "10.81.0.0/16"}
    made: dict[str, Any] = {name: ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"] for name, block in networks.items()}
    here = made["vpc"]
    ec2.modify_vpc_attribute(VpcId=here, EnableDnsHostnames={"Value": True})
    for name, block in {"subnet": "10.80.1.0/24", "other subnet": "10.80.2.0/24"}.items():
        made[name] = ec2.create_subnet(VpcId=here, CidrBlock=block)["Subnet"]["SubnetId"]
    for name in ("route table", "other route table"):
        made[name] = ec2.create_route_table(VpcId=here)["RouteTable"]["RouteTableId"]
    for name in ("group", "other group"):
        made[name] = ec2.create_security_group(GroupName=name, Description=name, VpcId=here)["GroupId"]
    for name in ("card", "other card"):
        card = ec2.create_network_interface(SubnetId=made["subnet"])["NetworkInterface"]
        made[name] = card["NetworkInterfaceId"]
    lists = {item["PrefixListName"]: item["PrefixListId"] for item in ec2.describe_prefix_lists()["PrefixLists"]}
    made["prefix list"] = lists["com.amazonaws.eu-west-3.s3"]
    made["other prefix list"] = lists["com.amazonaws.eu-west-3.dynamodb"]
    gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=here)
    return {**made, "attached gateway": gateway}


def tags(item: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in item["Tags"]}


def arn(kind: str, id_: str) -> str:
    return f"arn:aws:ec2:eu-west-3:{ACCOUNT}:{kind}/{id_}"


def _vpc(account: Account, id_: str) -> Inputs:
    ec2 = account.client("ec2")
    (found,) = ec2.describe_vpcs(VpcIds=[id_])["Vpcs"]
    here = [{"Name": "vpc-id", "Values": [id_]}]
    (main,) = ec2.describe_route_tables(Filters=here)["RouteTables"]

    def attribute(name: str, key: str) -> bool:
        return bool(ec2.describe_vpc_attribute(VpcId=id_, Attribute=name)[key]["Value"])

    return {
        "cidrBlock": found["CidrBlock"],
        "instanceTenancy": found["InstanceTenancy"],
        "dhcpOptionsId": found["DhcpOptionsId"],
        "ownerId": found["OwnerId"],
        "arn": arn("vpc", id_),
        "enableDnsSupport": attribute("enableDnsSupport", "EnableDnsSupport"),
        "enableDnsHostnames": attribute("enableDnsHostnames", "EnableDnsHostnames"),
        "enableNetworkAddressUsageMetrics": attribute(
            "enableNetworkAddressUsageMetrics", "EnableNetworkAddressUsageMetrics"
        ),
        "mainRouteTableId": main["RouteTableId"],
        "defaultRouteTableId": main["RouteTableId"],
        "defaultNetworkAclId": ec2.describe_network_acls(Filters=here)["NetworkAcls"][0]["NetworkAclId"],
        "defaultSecurityGroupId": ec2.describe_security_groups(Filters=here)["SecurityGroups"][0]["GroupId"],
        "tagsAll": tags(found),
    }


def _subnet(account: Account, id_: str) -> Inputs:
    (found,) = account.client("ec2").describe_subnets(SubnetIds=[id_])["Subnets"]
    return {
        "vpcId": found["VpcId"],
        "cidrBlock": found["CidrBlock"],
        "availabilityZone": found["AvailabilityZone"],
        "availabilityZoneId": found["AvailabilityZoneId"],
        "mapPublicIpOnLaunch": found["MapPublicIpOnLaunch"],
        "arn": found["SubnetArn"],
        "ownerId": found["OwnerId"],
        "tagsAll": tags(found),
    }


def _table(account: Account, id_: str) -> Any:
    return account.client("ec2").describe_route_tables(RouteTableIds=[id_])["RouteTables"][0]


def _route_table(account: Account, id_: str) -> Inputs:
    found = _table(account, id_)
    identity = {"ownerId": found["OwnerId"], "arn": arn("route-table", id_)}
    return {"vpcId": found["VpcId"], **identity, "tagsAll": tags(found)}


def _route(account: Account, id_: str) -> Inputs:
    """The only route of the given tables that nobody but a test has made."""
    tables = [account.ids["route table"], account.ids["other route table"]]
    found = [
        {**route, "RouteTableId": table}
        for table in tables
        for route in _table(account, table)["Routes"]
        if route.get("GatewayId") != "local"
    ]
    (route,) = found
    assert id_.startswith(f"r-{route['RouteTableId']}")
    return {
        "routeTableId": route["RouteTableId"],
        "destinationCidrBlock": route["DestinationCidrBlock"],
        "gatewayId": route.get("GatewayId"),
        "networkInterfaceId": route.get("NetworkInterfaceId"),
        "origin": route["Origin"],
        "state": route["State"],
    }


def _association(account: Account, id_: str) -> Inputs:
    tables = account.client("ec2").describe_route_tables()["RouteTables"]
    (found,) = (item for table in tables for item in table["Associations"] if item["RouteTableAssociationId"] == id_)
    return {"subnetId": found["SubnetId"], "routeTableId": found["RouteTableId"]}


def _group(account: Account, id_: str) -> Inputs:
    (found,) = account.client("ec2").describe_security_groups(GroupIds=[id_])["SecurityGroups"]
    return {
        "name": found["GroupName"],
        "description": found["Description"],
        "vpcId": found["VpcId"],
        "ownerId": found["OwnerId"],
        "arn": arn("security-group", id_),
        "ingress": _permissions(found["IpPermissions"], id_),
        "egress": _permissions(found["IpPermissionsEgress"], id_),
        "tagsAll": tags(found),
    }


def _permissions(listed: Any, own: str) -> list[Inputs]:
    """Every end of every permission by itself, in the words of the official provider."""
    rules: list[Inputs] = []
    for item in listed:
        ports = {"protocol": item["IpProtocol"], "fromPort": item.get("FromPort", 0), "toPort": item.get("ToPort", 0)}
        for end in item["IpRanges"]:
            rules.append({**ports, "cidrBlocks": [end["CidrIp"]], "description": end.get("Description")})
        for end in item["UserIdGroupPairs"]:
            assert end["GroupId"] == own
            rules.append({**ports, "self": True})
    return rules


def _rule(account: Account, id_: str) -> Inputs:
    ec2 = account.client("ec2")
    (found,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[id_])["SecurityGroupRules"]
    return {
        "securityGroupId": found["GroupId"],
        "securityGroupRuleId": found["SecurityGroupRuleId"],
        "arn": arn("security-group-rule", id_),
        "ipProtocol": found["IpProtocol"],
        "fromPort": found["FromPort"],
        "toPort": found["ToPort"],
        "description": found.get("Description"),
        "cidrIpv4": found.get("CidrIpv4"),
        "prefixListId": found.get("PrefixListId"),
        "referencedSecurityGroupId": found.get("ReferencedGroupInfo", {}).get("GroupId"),
        "tagsAll": tags(found),
    }


def _rule_case(name: str) -> Inputs:
    traffic = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.48.0.0/16"}
    return {"securityGroupId": Given("group"), **traffic, "tags": {"Name": name}}


_RULE = Case(
    minimal=_rule_case,
    read=_rule,
    company={
        "fromPort": {"toPort": 2000},
        "toPort": {"fromPort": 1000},
        "prefixListId": {"cidrIpv4": None},
        "referencedSecurityGroupId": {"cidrIpv4": None},
    },
)

CASES = {
    "ec2.Vpc": Case(minimal=lambda name: {"cidrBlock": "10.92.0.0/16", "tags": {"Name": name}}, read=_vpc, alone=False),
    "ec2.Subnet": Case(
        minimal=lambda name: {"vpcId": Given("vpc"), "cidrBlock": "10.80.202.0/24", "tags": {"Name": name}},
        read=_subnet,
    ),
    "ec2.RouteTable": Case(
        minimal=lambda name: {"vpcId": Given("vpc"), "tags": {"Name": name}}, read=_route_table, alone=False
    ),
    "ec2.Route": Case(
        minimal=lambda _: {
            "routeTableId": Given("route table"),
            "destinationCidrBlock": "10.130.0.0/16",
            "gatewayId": Given("attached gateway"),
        },
        read=_route,
        company={"networkInterfaceId": {"gatewayId": None}},
        import_id=lambda inputs, _: f"{inputs['routeTableId']}_{inputs['destinationCidrBlock']}",
    ),
    "ec2.RouteTableAssociation": Case(
        minimal=lambda _: {"subnetId": Given("subnet"), "routeTableId": Given("route table")},
        read=_association,
        import_id=lambda inputs, _: f"{inputs['subnetId']}/{inputs['routeTableId']}",
    ),
    "ec2.SecurityGroup": Case(
        minimal=lambda name: {"name": name, "vpcId": Given("vpc"), "tags": {"Name": name}}, read=_group
    ),
    "ec2.DefaultSecurityGroup": Case(
        minimal=lambda name: {"vpcId": Given("vpc"), "tags": {"Name": name}}, read=_group, alone=False, stays=True
    ),
    "vpc.SecurityGroupIngressRule": _RULE,
    "vpc.SecurityGroupEgressRule": _RULE,
}
