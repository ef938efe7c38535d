"""Instances, endpoints and flow logs as EC2 has them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.twin.aws.extension.account import REGION, code, group, seen, subnet, table, vpc

pytestmark = pytest.mark.api


def image(cloud: Any) -> str:
    return str(cloud.describe_images(Owners=["137112412989"])["Images"][0]["ImageId"])


def run(cloud: Any, **arguments: Any) -> str:
    wanted = {"ImageId": image(cloud), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, **arguments}
    return str(cloud.run_instances(**wanted)["Instances"][0]["InstanceId"])


def instance(cloud: Any, id_: str) -> Any:
    return cloud.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"][0]


def test_an_instance_takes_a_while_and_frees_what_it_held_when_it_is_gone(cloud: Any) -> None:
    here = vpc(cloud)
    inside, web = subnet(cloud, here), group(cloud, here)
    id_ = run(cloud, SubnetId=inside, SecurityGroupIds=[web])
    state = lambda: instance(cloud, id_)["State"]["Name"]  # noqa: E731
    assert seen(state, 3) == ["pending", "pending", "running"]
    cloud.terminate_instances(InstanceIds=[id_])
    assert code(lambda: cloud.delete_subnet(SubnetId=inside)) == "DependencyViolation"
    assert code(lambda: cloud.delete_security_group(GroupId=web)) == "DependencyViolation"
    assert seen(state, 3) == ["shutting-down", "shutting-down", "terminated"]
    cloud.delete_subnet(SubnetId=inside)
    cloud.delete_security_group(GroupId=web)


def test_what_an_instance_needs_must_exist(cloud: Any) -> None:
    here = vpc(cloud)
    inside = subnet(cloud, here)
    assert code(lambda: run(cloud, ImageId="ami-0123456789abcdef0")) == "InvalidAMIID.NotFound"
    assert code(lambda: run(cloud, InstanceType="t3.gigantic")) == "InvalidParameterValue"
    assert code(lambda: run(cloud, KeyName="nobody")) == "InvalidKeyPair.NotFound"
    assert code(lambda: run(cloud, SubnetId=inside, PrivateIpAddress="10.9.1.1")) == "InvalidParameterValue"
    run(cloud, SubnetId=inside, PrivateIpAddress="10.9.1.10")
    assert code(lambda: run(cloud, SubnetId=inside, PrivateIpAddress="10.9.1.10")) == "InvalidIPAddress.InUse"
    elsewhere = group(cloud, vpc(cloud, "10.10.0.0/16"))
    assert code(lambda: run(cloud, SubnetId=inside, SecurityGroupIds=[elsewhere])) == "InvalidParameter"


def test_a_running_instance_keeps_its_type(cloud: Any) -> None:
    id_ = run(cloud, SubnetId=subnet(cloud, vpc(cloud)))
    grow = lambda: cloud.modify_instance_attribute(InstanceId=id_, InstanceType={"Value": "t3.small"})  # noqa: E731
    seen(lambda: instance(cloud, id_))
    assert code(grow) == "IncorrectInstanceState"
    cloud.stop_instances(InstanceIds=[id_])
    assert seen(lambda: instance(cloud, id_)["State"]["Name"], 3) == ["stopping", "stopping", "stopped"]
    grow()
    cloud.start_instances(InstanceIds=[id_])
    assert seen(lambda: instance(cloud, id_)["State"]["Name"], 3) == ["pending", "pending", "running"]
    assert instance(cloud, id_)["InstanceType"] == "t3.small"


def test_groups_are_replaced_and_metadata_options_merged(cloud: Any) -> None:
    here = vpc(cloud)
    web, data = group(cloud, here, "web"), group(cloud, here, "data")
    options = {"HttpTokens": "required", "HttpEndpoint": "enabled"}
    id_ = run(cloud, SubnetId=subnet(cloud, here), SecurityGroupIds=[web], MetadataOptions=options)
    cloud.modify_instance_attribute(InstanceId=id_, Groups=[data])
    assert [item["GroupId"] for item in instance(cloud, id_)["NetworkInterfaces"][0]["Groups"]] == [data]
    cloud.modify_instance_metadata_options(InstanceId=id_, HttpPutResponseHopLimit=2)
    told = instance(cloud, id_)["MetadataOptions"]
    assert (told["HttpTokens"], told["HttpPutResponseHopLimit"]) == ("required", 2)


def test_a_gateway_endpoint_is_a_route(cloud: Any) -> None:
    here = vpc(cloud)
    first, second = table(cloud, here), table(cloud, here)
    service = {"VpcId": here, "ServiceName": f"com.amazonaws.{REGION}.s3"}
    made = cloud.create_vpc_endpoint(**service, RouteTableIds=[first])["VpcEndpoint"]["VpcEndpointId"]

    def leads(routes: str) -> list[str]:
        (found,) = cloud.describe_route_tables(RouteTableIds=[routes])["RouteTables"]
        return [item["GatewayId"] for item in found["Routes"] if item["GatewayId"] != "local"]

    assert (leads(first), leads(second)) == ([made], [])
    cloud.modify_vpc_endpoint(VpcEndpointId=made, AddRouteTableIds=[second], RemoveRouteTableIds=[first])
    assert (leads(first), leads(second)) == ([], [made])
    cloud.delete_vpc_endpoints(VpcEndpointIds=[made])
    assert leads(second) == []
    filters = [{"Name": "vpc-id", "Values": [here]}]
    assert seen(lambda: len(cloud.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"])) == [1, 1, 0, 0]


def test_an_interface_endpoint_is_a_card_in_each_subnet(cloud: Any) -> None:
    here = vpc(cloud)
    inside, web = subnet(cloud, here), group(cloud, here)
    service = {"VpcId": here, "ServiceName": f"com.amazonaws.{REGION}.kms", "VpcEndpointType": "Interface"}
    ask = lambda: cloud.create_vpc_endpoint(**service, SubnetIds=[inside], SecurityGroupIds=[web])["VpcEndpoint"]  # noqa: E731
    assert code(ask) == "InvalidParameter"
    cloud.modify_vpc_attribute(VpcId=here, EnableDnsHostnames={"Value": True})
    made = ask()
    (card,) = cloud.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert card["PrivateIpAddress"].startswith("10.9.1.")
    assert [item["GroupId"] for item in card["Groups"]] == [web]
    assert code(lambda: cloud.delete_security_group(GroupId=web)) == "DependencyViolation"
    assert code(lambda: cloud.delete_subnet(SubnetId=inside)) == "DependencyViolation"
    cloud.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    cloud.delete_subnet(SubnetId=inside)


def test_an_endpoint_needs_a_service(cloud: Any) -> None:
    ask = lambda: cloud.create_vpc_endpoint(VpcId=vpc(cloud), ServiceName=f"com.amazonaws.{REGION}.teapot")  # noqa: E731
    assert code(ask) == "InvalidServiceName"


def test_flow_logs_find_their_group_by_its_arn(cloud: Any) -> None:
    logs = boto3.client("logs", region_name=REGION, aws_access_key_id="key", aws_secret_access_key="secret")
    logs.create_log_group(logGroupName="/flows")
    here = vpc(cloud)
    cloud.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[here],
        TrafficType="ALL",
        LogDestination=f"arn:aws:logs:{REGION}:123456789012:log-group:/flows",
        DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/flows",
    )
    (made,) = cloud.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [here]}])["FlowLogs"]
    assert (made["DeliverLogsStatus"], made["LogGroupName"]) == ("SUCCESS", "/flows")
