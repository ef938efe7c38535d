"""What EC2 refuses of networks, groups and routes, where moto says yes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twin.aws.extension.account import REGION, code, gateway, group, seen, subnet, table, vpc

pytestmark = pytest.mark.api

HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


def test_a_vpc_goes_last(cloud: Any) -> None:
    here = vpc(cloud)
    delete = lambda: code(lambda: cloud.delete_vpc(VpcId=here))  # noqa: E731
    inside, web, routes, attached = subnet(cloud, here), group(cloud, here), table(cloud, here), gateway(cloud, here)
    acl = cloud.create_network_acl(VpcId=here)["NetworkAcl"]["NetworkAclId"]
    for step in (
        lambda: cloud.delete_subnet(SubnetId=inside),
        lambda: cloud.delete_security_group(GroupId=web),
        lambda: cloud.delete_route_table(RouteTableId=routes),
        lambda: cloud.delete_network_acl(NetworkAclId=acl),
        lambda: cloud.detach_vpn_gateway(VpnGatewayId=attached, VpcId=here),
    ):
        assert delete() == "DependencyViolation"
        step()
    seen(lambda: cloud.describe_vpn_gateways(VpnGatewayIds=[attached]))
    cloud.delete_vpc(VpcId=here)
    assert all(item["VpcId"] != here for item in cloud.describe_network_acls()["NetworkAcls"])


def test_a_deleted_subnet_leaves_no_association(cloud: Any) -> None:
    here = vpc(cloud)
    inside, routes = subnet(cloud, here), table(cloud, here)
    cloud.associate_route_table(RouteTableId=routes, SubnetId=inside)
    cloud.delete_subnet(SubnetId=inside)
    cloud.delete_route_table(RouteTableId=routes)
    cloud.delete_vpc(VpcId=here)


def test_subnets_are_checked_and_private(cloud: Any) -> None:
    here = vpc(cloud)
    made = cloud.create_subnet(VpcId=here, CidrBlock="10.9.1.7/24", AvailabilityZone=f"{REGION}a")["Subnet"]
    assert (made["CidrBlock"], made["MapPublicIpOnLaunch"]) == ("10.9.1.0/24", False)
    assert code(lambda: subnet(cloud, here, "10.9.1.128/25")) == "InvalidSubnet.Conflict"
    assert code(lambda: subnet(cloud, here, "10.9.2.0/29")) == "InvalidSubnet.Range"
    abroad = lambda: cloud.create_subnet(VpcId=here, CidrBlock="10.9.2.0/24", AvailabilityZone="us-east-1a")  # noqa: E731
    assert code(abroad) == "InvalidParameterValue"


def test_routes_lead_somewhere_and_never_twice(cloud: Any) -> None:
    here = vpc(cloud)
    routes, loose, attached = table(cloud, here), gateway(cloud), gateway(cloud, here)

    def add(network: str, **target: str) -> Any:
        return cloud.create_route(RouteTableId=routes, DestinationCidrBlock=network, **target)

    assert code(lambda: add("10.0.0.0/8")) == "MissingParameter"
    assert code(lambda: add("10.0.0.0/8", GatewayId=loose)) == "InvalidParameterValue"
    assert code(lambda: add("10.0.0.0/8", GatewayId="vgw-0123456789abcdef0")) == "InvalidGatewayID.NotFound"
    add("10.0.0.0/8", GatewayId=attached)
    assert code(lambda: add("10.0.0.0/8", GatewayId=attached)) == "RouteAlreadyExists"
    assert code(lambda: add("10.9.0.0/16", GatewayId=attached)) == "RouteAlreadyExists"
    local = lambda: cloud.delete_route(RouteTableId=routes, DestinationCidrBlock="10.9.0.0/16")  # noqa: E731
    assert code(local) == "InvalidParameterValue"
    cloud.detach_vpn_gateway(VpnGatewayId=attached, VpcId=here)
    states = {
        item["DestinationCidrBlock"]: item["State"]
        for item in cloud.describe_route_tables(RouteTableIds=[routes])["RouteTables"][0]["Routes"]
    }
    assert states == {"10.9.0.0/16": "active", "10.0.0.0/8": "blackhole"}


def test_a_subnet_has_one_route_table(cloud: Any) -> None:
    here = vpc(cloud)
    inside, first, second = subnet(cloud, here), table(cloud, here), table(cloud, here)
    cloud.associate_route_table(RouteTableId=first, SubnetId=inside)
    again = lambda: cloud.associate_route_table(RouteTableId=second, SubnetId=inside)  # noqa: E731
    assert code(again) == "Resource.AlreadyAssociated"


def test_an_access_list_ends_with_no(cloud: Any) -> None:
    acl = cloud.create_network_acl(VpcId=vpc(cloud))["NetworkAcl"]
    assert {(item["RuleNumber"], item["RuleAction"]) for item in acl["Entries"]} == {(32767, "deny")}
    gone = lambda: cloud.delete_network_acl_entry(NetworkAclId=acl["NetworkAclId"], RuleNumber=7, Egress=True)  # noqa: E731
    assert code(gone) == "InvalidNetworkAclEntry.NotFound"


def test_the_default_group_lets_itself_in_and_stays(cloud: Any) -> None:
    here = vpc(cloud)
    (default,) = cloud.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [here]}])["SecurityGroups"]
    (rule,) = default["IpPermissions"]
    assert [item["GroupId"] for item in rule["UserIdGroupPairs"]] == [default["GroupId"]]
    assert code(lambda: cloud.delete_security_group(GroupId=default["GroupId"])) == "CannotDelete"
    assert code(lambda: group(cloud, here, "default")) == "InvalidParameterValue"


def test_a_group_that_another_names_stays(cloud: Any) -> None:
    here = vpc(cloud)
    web, data = group(cloud, here, "web"), group(cloud, here, "data")
    permission = {**HTTPS, "UserIdGroupPairs": [{"GroupId": web, "Description": "from the web"}]}
    (rule,) = cloud.authorize_security_group_ingress(GroupId=data, IpPermissions=[permission])["SecurityGroupRules"]
    assert rule["Description"] == "from the web"
    assert code(lambda: cloud.delete_security_group(GroupId=web)) == "DependencyViolation"
    cloud.delete_security_group(GroupId=data)
    cloud.delete_security_group(GroupId=web)


def test_the_same_traffic_is_one_rule(cloud: Any) -> None:
    web = group(cloud, vpc(cloud))

    def allow(**source: Any) -> Any:
        return cloud.authorize_security_group_ingress(GroupId=web, IpPermissions=[{**HTTPS, **source}])

    allow(UserIdGroupPairs=[{"GroupId": web, "Description": "one"}])
    assert code(lambda: allow(UserIdGroupPairs=[{"GroupId": web}])) == "InvalidPermission.Duplicate"
    allow(IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "one"}])
    assert code(lambda: allow(IpRanges=[{"CidrIp": "10.1.0.0/8"}])) == "InvalidPermission.Duplicate"
    portless = [{"IpProtocol": "tcp", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    refused = code(lambda: cloud.authorize_security_group_ingress(GroupId=web, IpPermissions=portless))
    assert refused == "InvalidParameterValue"


def test_a_rule_is_modified_whole(cloud: Any) -> None:
    here = vpc(cloud)
    web, other = group(cloud, here), group(cloud, here, "other")
    permission = {**HTTPS, "UserIdGroupPairs": [{"GroupId": other}]}
    (rule,) = cloud.authorize_security_group_ingress(GroupId=web, IpPermissions=[permission])["SecurityGroupRules"]
    id_ = rule["SecurityGroupRuleId"]

    def modify(**wanted: Any) -> Any:
        rules = [{"SecurityGroupRuleId": id_, "SecurityGroupRule": {"IpProtocol": "tcp", **wanted}}]
        return cloud.modify_security_group_rules(GroupId=web, SecurityGroupRules=rules)

    modify(FromPort=80, ToPort=81, ReferencedGroupId=web, Description="inside")
    (seen_,) = cloud.describe_security_group_rules(SecurityGroupRuleIds=[id_])["SecurityGroupRules"]
    assert (seen_["FromPort"], seen_["ToPort"], seen_["Description"]) == (80, 81, "inside")
    assert seen_["ReferencedGroupInfo"]["GroupId"] == web
    assert code(lambda: modify(FromPort=80, ToPort=81, CidrIpv4="10.0.0.0/8")) == "InvalidParameterValue"
