"""An independent look at what simulated clouds hold: by boto3, past Pulumi and past the twin's providers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from operations.worlds.world import CloudAccess, World

GOING = "PendingDeletion"
_GONE = ("deleting", "deleted", "terminated")
"""States in which AWS still lists a thing for some time after it took it away."""


@dataclass(frozen=True)
class CloudContent:
    """What is there that an empty account does not have."""

    left: tuple[str, ...]
    """One readable line for each thing that should be gone."""
    retained: tuple[str, ...]
    """What AWS itself keeps for a while after it was deleted, each with the day it goes."""


def count_cloud(world: World) -> CloudContent:
    """Everything in a world's clouds."""
    found = [(region, _content(access)) for region, access in world.clouds.items()]
    return CloudContent(
        tuple(f"{region}: {line}" for region, content in found for line in content.left),
        tuple(f"{region}: {line}" for region, content in found for line in content.retained),
    )


def _content(access: CloudAccess) -> CloudContent:
    # Half a second that only the end of a `down` needs.
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    def client(service: str) -> Any:
        return boto3.client(
            service,
            region_name=access.region,
            endpoint_url=access.endpoint,
            aws_access_key_id=access.access_key_id,
            aws_secret_access_key=access.secret_access_key,
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )

    kept, going = _keys(client("kms"))
    return CloudContent((*_left(client), *kept), going)


def _left(client: Callable[[str], Any]) -> Iterable[str]:
    ec2 = client("ec2")
    # An account comes with a network of its own in each region, and with all that belongs to it.
    own = {vpc["VpcId"]: vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"]}
    yield from (f"VPC {id_}" for id_, default in own.items() if not default)
    for title, operation, key, id_ in _IN_A_VPC:
        for item in getattr(ec2, operation)()[key]:
            if not own.get(item.get("VpcId", ""), False) and item.get("State") not in _GONE:
                yield f"{title} {item[id_]}"
    for reservation in ec2.describe_instances()["Reservations"]:
        for machine in reservation["Instances"]:
            if machine["State"]["Name"] != "terminated":
                yield f"instance {machine['InstanceId']}"
    for title, service, operation, key, name in _LISTS:
        # One page is enough to see that it is not empty.
        answer = getattr(client(service), operation)(**_ARGUMENTS.get((service, operation), {}))
        for item in answer.get(key, ()):
            yield f"{title} {item if name is None else item[name]}"


_IN_A_VPC = (
    ("subnet", "describe_subnets", "Subnets", "SubnetId"),
    ("route table", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("security group", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("VPC endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("VPN gateway", "describe_vpn_gateways", "VpnGateways", "VpnGatewayId"),
    ("customer gateway", "describe_customer_gateways", "CustomerGateways", "CustomerGatewayId"),
    ("VPN connection", "describe_vpn_connections", "VpnConnections", "VpnConnectionId"),
    ("flow log", "describe_flow_logs", "FlowLogs", "FlowLogId"),
)
"""What people call it, the operation that lists it, the key of the list, the key of its id."""

_LISTS = (
    ("bucket", "s3", "list_buckets", "Buckets", "Name"),
    ("role", "iam", "list_roles", "Roles", "RoleName"),
    ("policy", "iam", "list_policies", "Policies", "Arn"),
    ("instance profile", "iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    ("log group", "logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("alarm", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("hosted zone", "route53", "list_hosted_zones", "HostedZones", "Name"),
    ("health check", "route53", "list_health_checks", "HealthChecks", "Id"),
    ("backup vault", "backup", "list_backup_vaults", "BackupVaultList", "BackupVaultName"),
    ("backup plan", "backup", "list_backup_plans", "BackupPlansList", "BackupPlanName"),
    ("trail", "cloudtrail", "describe_trails", "trailList", "Name"),
    ("detector", "guardduty", "list_detectors", "DetectorIds", None),
    ("topic", "sns", "list_topics", "Topics", "TopicArn"),
    ("queue", "sqs", "list_queues", "QueueUrls", None),
    ("table", "dynamodb", "list_tables", "TableNames", None),
    ("thing type", "iot", "list_thing_types", "thingTypes", "thingTypeName"),
    ("thing group", "iot", "list_thing_groups", "thingGroups", "groupName"),
    ("thing", "iot", "list_things", "things", "thingName"),
    ("thing policy", "iot", "list_policies", "policies", "policyName"),
    ("certificate", "iot", "list_certificates", "certificates", "certificateId"),
    ("topic rule", "iot", "list_topic_rules", "rules", "ruleName"),
)
_ARGUMENTS = {("iam", "list_policies"): {"Scope": "Local"}}


def _keys(kms: Any) -> tuple[list[str], tuple[str, ...]]:
    """Keys that are to be used on, and those that wait for the day of their deletion."""
    kept: list[str] = []
    going: list[str] = []
    for key in kms.list_keys()["Keys"]:
        found = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if found["KeyState"] == GOING:
            what = f"key {found['KeyId']} ({found['Description']})"
            going.append(f"{what} is deleted on {found['DeletionDate']:%Y-%m-%d}")
        elif found["KeyManager"] == "CUSTOMER":
            kept.append(f"key {found['KeyId']}")
    return kept, tuple(going)
