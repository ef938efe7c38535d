"""Instances, endpoints of services, flow logs."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.twin.aws.account import ACCOUNT, IMAGE, Account
from tests.twin.aws.case import Case, Inputs
from tests.twin.aws.families.ec2 import arn, tags
from twin.framework.declaration import Given


def given(account: Account) -> dict[str, Any]:
    ec2, logs = account.client("ec2"), account.client("logs")
    for name in ("/flows", "/other-flows"):
        logs.create_log_group(logGroupName=name)
    images = [
        item for item in ec2.describe_images(Owners=["137112412989"])["Images"] if item["Architecture"] == "x86_64"
    ]
    made: dict[str, Any] = {
        "image": IMAGE,
        "other image": images[0]["ImageId"],
        "flows arn": f"arn:aws:logs:eu-west-3:{ACCOUNT}:log-group:/flows",
        "other flows arn": f"arn:aws:logs:eu-west-3:{ACCOUNT}:log-group:/other-flows",
        "flows role": f"arn:aws:iam::{ACCOUNT}:role/flows",
        "endpoint policy": _policy("s3:GetObject"),
        "no policy": _policy("*"),
    }
    for name in ("profile", "other profile"):
        made[name] = name.replace(" ", "-")
        account.client("iam").create_instance_profile(InstanceProfileName=made[name])
    for name in ("key pair", "other key pair"):
        made[name] = ec2.create_key_pair(KeyName=name)["KeyName"]
    return made


def _policy(action: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _instance(account: Account, id_: str) -> Inputs:
    ec2 = account.client("ec2")
    (found,) = ec2.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"]
    (card,) = found["NetworkInterfaces"]
    (disk,) = found["BlockDeviceMappings"]
    (volume,) = ec2.describe_volumes(VolumeIds=[disk["Ebs"]["VolumeId"]])["Volumes"]

    def attribute(name: str, key: str) -> Any:
        return ec2.describe_instance_attribute(InstanceId=id_, Attribute=name)[key].get("Value")

    user_data, options = attribute("userData", "UserData"), found["MetadataOptions"]
    return {
        "ami": found["ImageId"],
        "instanceType": found["InstanceType"],
        "subnetId": found["SubnetId"],
        "privateIp": found["PrivateIpAddress"],
        "associatePublicIpAddress": "PublicIpAddress" in found,
        "vpcSecurityGroupIds": {item["GroupId"] for item in card["Groups"]},
        "keyName": found.get("KeyName"),
        "iamInstanceProfile": found.get("IamInstanceProfile", {}).get("Arn", "/").split("/")[-1],
        "ebsOptimized": found["EbsOptimized"],
        "monitoring": found["Monitoring"]["State"] == "enabled",
        "disableApiTermination": attribute("disableApiTermination", "DisableApiTermination"),
        "sourceDestCheck": found["SourceDestCheck"],
        "userData": base64.b64decode(user_data).decode() if user_data else None,
        "metadataOptions": {
            "httpEndpoint": options["HttpEndpoint"],
            "httpTokens": options["HttpTokens"],
            "httpPutResponseHopLimit": options["HttpPutResponseHopLimit"],
        },
        "rootBlockDevice": {
            "deleteOnTermination": disk["Ebs"]["DeleteOnTermination"],
            "encrypted": volume["Encrypted"],
            "kmsKeyId": volume.get("KmsKeyId"),
            "volumeSize": volume["Size"],
            "volumeType": volume["VolumeType"],
        },
        "instanceState": found["State"]["Name"],
        "primaryNetworkInterfaceId": card["NetworkInterfaceId"],
        "privateDns": found["PrivateDnsName"],
        "publicDns": found.get("PublicDnsName", ""),
        "publicIp": found.get("PublicIpAddress"),
        "arn": arn("instance", id_),
        "tagsAll": tags(found),
    }


def _endpoint(account: Account, id_: str) -> Inputs:
    ec2 = account.client("ec2")
    (found,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[id_])["VpcEndpoints"]
    lists = {item["PrefixListName"]: item for item in ec2.describe_prefix_lists()["PrefixLists"]}
    served = lists.get(found["ServiceName"], {})
    return {
        "vpcId": found["VpcId"],
        "serviceName": found["ServiceName"],
        "vpcEndpointType": found["VpcEndpointType"],
        "policy": json.loads(found["PolicyDocument"]),
        "routeTableIds": set(found["RouteTableIds"]),
        "subnetIds": set(found["SubnetIds"]),
        "securityGroupIds": {item["GroupId"] for item in found["Groups"]},
        "privateDnsEnabled": found["PrivateDnsEnabled"],
        "ownerId": found["OwnerId"],
        "state": found["State"],
        "prefixListId": served.get("PrefixListId"),
        "cidrBlocks": served.get("Cidrs"),
        "networkInterfaceIds": set(found["NetworkInterfaceIds"]),
        "dnsEntries": found["DnsEntries"],
        "arn": arn("vpc-endpoint", id_),
        "tagsAll": tags(found),
    }


def _flow_log(account: Account, id_: str) -> Inputs:
    (found,) = account.client("ec2").describe_flow_logs(FlowLogIds=[id_])["FlowLogs"]
    return {
        "vpcId": found["ResourceId"],
        "subnetId": found["ResourceId"],
        "eniId": found["ResourceId"],
        "trafficType": found["TrafficType"],
        "logDestinationType": found["LogDestinationType"],
        "logDestination": found["LogDestination"],
        "iamRoleArn": found["DeliverLogsPermissionArn"],
        "logFormat": found["LogFormat"],
        "maxAggregationInterval": found["MaxAggregationInterval"],
        "arn": arn("vpc-flow-log", id_),
        "tagsAll": tags(found),
    }


_INTERFACE = {"vpcEndpointType": "Interface", "serviceName": "com.amazonaws.eu-west-3.kms", "routeTableIds": None}

CASES = {
    "ec2.Instance": Case(
        minimal=lambda name: {
            "ami": Given("image"),
            "instanceType": "t3.micro",
            "subnetId": Given("subnet"),
            "tags": {"Name": name},
        },
        read=_instance,
        alone=False,
        unknowable=frozenset({"userDataReplaceOnChange", "forceDestroy"}),
    ),
    "ec2.VpcEndpoint": Case(
        minimal=lambda name: {
            "vpcId": Given("vpc"),
            "serviceName": "com.amazonaws.eu-west-3.s3",
            "routeTableIds": [Given("route table")],
            "tags": {"Name": name},
        },
        read=_endpoint,
        company={
            "vpcId": {"routeTableIds": None},
            "vpcEndpointType": {"routeTableIds": None},
            "subnetIds": _INTERFACE,
            "securityGroupIds": {**_INTERFACE, "subnetIds": [Given("subnet")]},
            "privateDnsEnabled": _INTERFACE,
        },
    ),
    "ec2.FlowLog": Case(
        minimal=lambda name: {
            "vpcId": Given("vpc"),
            "trafficType": "ALL",
            "logDestination": Given("flows arn"),
            "iamRoleArn": Given("flows role"),
            "tags": {"Name": name},
        },
        read=_flow_log,
        company={"subnetId": {"vpcId": None}, "eniId": {"vpcId": None}},
    ),
}
