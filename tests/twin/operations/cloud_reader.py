"""A territory's simulated cloud, seen through boto3 clients that owe nothing to the code under test."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from operations.yaml_files import read_mapping
from tests.twin.operations.metro import Metro


@dataclass(frozen=True)
class CloudReader:
    """One account in one region, as an auditor with every right sees it."""

    endpoint: str
    region: str
    account_id: str
    key_id: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, metro: Metro, territory: str = "sandbox") -> CloudReader:
        """The first cloud of a territory's world."""
        return cls.in_world(metro.state / "worlds" / territory)

    @classmethod
    def in_world(cls, directory: Path) -> CloudReader:
        """The first cloud of the world whose files are in a directory."""
        cloud = read_mapping(directory / "world.yaml")["clouds"][0]
        keys = read_mapping(directory / "credentials.yaml")["clouds"][cloud["id"]]
        endpoint = f"http://127.0.0.1:{cloud['port']}"
        return cls(endpoint, cloud["region"], cloud["account_id"], keys["access_key_id"], keys["secret_access_key"])

    def client(self, service: str) -> Any:
        """A client of a service, by boto3's name."""
        made = boto3.client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint,
            aws_access_key_id=self.key_id,
            aws_secret_access_key=self.key,
            config=Config(s3={"addressing_style": "path"}),
        )

        def same_host(request: Any, **_others: Any) -> None:
            request.url = request.url.replace(f"//{self.account_id}.", "//")

        # An account has a host name of its own at AWS; here one address answers for everything.
        made.meta.events.register("before-sign.s3-control", same_host)
        return made

    @cached_property
    def ec2(self) -> Any:
        """The client that is asked most."""
        return self.client("ec2")

    def named(self, call: Callable[..., dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
        """What a describe call lists and carries a name, by it."""
        found: dict[str, dict[str, Any]] = {}
        for item in call()[key]:
            tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", ())}
            if "Name" in tags:
                found[tags["Name"]] = item
        return found

    def bucket(self, part: str) -> str:
        """The one bucket whose name holds a word."""
        names = [bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]]
        (found,) = (name for name in names if part in name)
        return found

    @contextmanager
    def bucket_policy(self, bucket: str) -> Generator[dict[str, Any]]:
        """A bucket's policy, to be spoilt: what the body leaves is written."""
        s3 = self.client("s3")
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        yield policy
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))

    def widen_rule(self, network: str, port: int) -> str:
        """Let the whole world in where the one rule for that port lets a private network in: the rule's id."""
        [rule] = (
            rule
            for rule in self.ec2.describe_security_group_rules()["SecurityGroupRules"]
            if not rule["IsEgress"] and (rule.get("CidrIpv4"), rule["FromPort"]) == (network, port)
        )
        wide = {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort")} | {"CidrIpv4": "0.0.0.0/0"}
        self.ec2.modify_security_group_rules(
            GroupId=rule["GroupId"],
            SecurityGroupRules=[{"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": wide}],
        )
        return rule["SecurityGroupRuleId"]

    def counts(self) -> Counter[str]:
        """How many there are of each type that can be counted from outside, what an account begins with left out."""
        ec2, iam, kms, iot = self.ec2, self.client("iam"), self.client("kms"), self.client("iot")
        ours = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]}

        def within(found: list[Any], also: Callable[[Any], bool] = lambda _: True) -> int:
            return sum(item["VpcId"] in ours and also(item) for item in found)

        keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
        living = [key for key in keys if key["KeyState"] != "PendingDeletion"]
        machines = [item for group in ec2.describe_instances()["Reservations"] for item in group["Instances"]]
        connections = ec2.describe_vpn_connections()["VpnConnections"]
        return Counter(
            {
                "aws:ec2/vpc:Vpc": len(ours),
                "aws:ec2/subnet:Subnet": within(ec2.describe_subnets()["Subnets"]),
                "aws:ec2/securityGroup:SecurityGroup": within(
                    ec2.describe_security_groups()["SecurityGroups"], lambda group: group["GroupName"] != "default"
                ),
                "aws:ec2/vpcEndpoint:VpcEndpoint": within(
                    ec2.describe_vpc_endpoints()["VpcEndpoints"], lambda item: item["State"] != "deleted"
                ),
                "aws:ec2/instance:Instance": sum(item["State"]["Name"] != "terminated" for item in machines),
                "aws:ec2/vpnConnection:VpnConnection": sum(item["State"] != "deleted" for item in connections),
                "aws:kms/key:Key": len(living),
                "aws:s3/bucket:Bucket": len(self.client("s3").list_buckets()["Buckets"]),
                "aws:iam/role:Role": len(iam.list_roles()["Roles"]),
                "aws:iam/policy:Policy": len(iam.list_policies(Scope="Local")["Policies"]),
                "aws:backup/vault:Vault": len(self.client("backup").list_backup_vaults()["BackupVaultList"]),
                "aws:cloudwatch/logGroup:LogGroup": len(self.client("logs").describe_log_groups()["logGroups"]),
                "aws:route53/zone:Zone": len(self.client("route53").list_hosted_zones()["HostedZones"]),
                "aws:route53/healthCheck:HealthCheck": len(self.client("route53").list_health_checks()["HealthChecks"]),
                "aws:iot/thing:Thing": len(iot.list_things()["things"]),
                "aws:iot/certificate:Certificate": len(iot.list_certificates()["certificates"]),
                "aws:iot/policy:Policy": len(iot.list_policies()["policies"]),
                "aws:iot/topicRule:TopicRule": len(iot.list_topic_rules()["rules"]),
                "aws:sqs/queue:Queue": len(self.client("sqs").list_queues().get("QueueUrls", ())),
                "aws:dynamodb/table:Table": len(self.client("dynamodb").list_tables()["TableNames"]),
            }
        )
