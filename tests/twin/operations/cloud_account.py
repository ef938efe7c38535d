"""What a simulated cloud holds, asked by boto3: nothing here knows Pulumi or the twin's providers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3

from operations.yaml_files import read_mapping
from tests.twin.operations.metro import Metro


@dataclass(frozen=True)
class CloudAccount:
    """One simulated cloud."""

    server: str
    region: str
    key: str
    secret: str

    @staticmethod
    def of(metro: Metro, territory: str = "sandbox") -> CloudAccount:
        """The first cloud of a territory's world."""
        directory = metro.state / "worlds" / territory
        cloud = read_mapping(directory / "world.yaml")["clouds"][0]
        keys = read_mapping(directory / "credentials.yaml")["clouds"][cloud["id"]]
        server = f"127.0.0.1:{cloud['port']}"
        return CloudAccount(server, cloud["region"], keys["access_key_id"], keys["secret_access_key"])

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name=self.region,
            endpoint_url=f"http://{self.server}",
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
        )

    def counts(self) -> Counter[str]:
        """How many there are of each type that can be counted from outside, what an account begins with left out."""
        ec2, iam, kms = self.client("ec2"), self.client("iam"), self.client("kms")
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
            }
        )
