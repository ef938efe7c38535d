"""The sandbox's cloud and account for real: what stands there, what happens to drift, what is left in the end."""

from __future__ import annotations

import json
from collections.abc import Generator

import pytest
from botocore.exceptions import ClientError

from operations.engine.engine import Engine
from tests.twin.operations.cloud_reader import CloudReader
from tests.twin.operations.conftest import metro_on_a_state_of_its_own
from tests.twin.operations.exactly_once import assert_exactly_one_each_in_the_cloud
from tests.twin.operations.metro import Metro

pytestmark = pytest.mark.api

ONLY = ("-t", "sandbox", "--only", "cloud", "--only", "account")
STACKS = ("sandbox-cloud", "sandbox-account")
NETWORK = "cloud-paris-network"


@pytest.fixture(scope="module")
def deployed(engine: Engine, vcsim_binary: object) -> Generator[Metro]:
    """Cloud and account, up. Tests leave them converged; the last one takes them down."""
    with metro_on_a_state_of_its_own() as metro:
        metro.succeed("up", *ONLY)
        yield metro


@pytest.fixture(scope="module")
def cloud(deployed: Metro) -> CloudReader:
    return CloudReader.of(deployed)


def test_a_second_up_changes_nothing(deployed: Metro) -> None:
    assert deployed.succeed("up", *ONLY).changes() == dict.fromkeys(STACKS, 0)
    assert_exactly_one_each_in_the_cloud(deployed, STACKS)


def test_nothing_leads_to_the_internet(cloud: CloudReader) -> None:
    vpc = cloud.named(cloud.ec2.describe_vpcs, "Vpcs")[f"{NETWORK}-vpc"]["VpcId"]
    gateways = cloud.ec2.describe_internet_gateways()["InternetGateways"]
    assert not [each for each in gateways if vpc in {attached["VpcId"] for attached in each["Attachments"]}]
    (default,) = (
        group
        for group in cloud.ec2.describe_security_groups()["SecurityGroups"]
        if group["VpcId"] == vpc and group["GroupName"] == "default"
    )
    assert (default["IpPermissions"], default["IpPermissionsEgress"]) == ([], [])
    machines = [m for r in cloud.ec2.describe_instances()["Reservations"] for m in r["Instances"]]
    assert [machine["PrivateIpAddress"] for machine in machines] == ["10.177.12.22"]
    assert not machines[0].get("PublicIpAddress")
    assert machines[0]["MetadataOptions"]["HttpTokens"] == "required"
    volumes = cloud.ec2.describe_volumes()["Volumes"]
    assert all(volume["Encrypted"] for volume in volumes)


def test_both_datacenters_are_joined_by_two_tunnels(cloud: CloudReader) -> None:
    connections = cloud.named(cloud.ec2.describe_vpn_connections, "VpnConnections")
    insides = {
        name: [tunnel["TunnelInsideCidr"] for tunnel in connection["Options"]["TunnelOptions"]]
        for name, connection in connections.items()
    }
    assert insides == {
        "cloud-paris-vpn-lac": ["169.254.64.136/30", "169.254.64.140/30"],
        "cloud-paris-vpn-pessac": ["169.254.64.144/30", "169.254.64.148/30"],
    }
    tables = cloud.named(cloud.ec2.describe_route_tables, "RouteTables")
    for zone in "ab":
        table = tables[f"{NETWORK}-routes-{zone}"]
        to_gateway = {
            r.get("DestinationCidrBlock") for r in table["Routes"] if r.get("GatewayId", "").startswith("vgw-")
        }
        assert {"10.128.0.0/12", "10.160.0.0/16", "10.192.0.0/10"} <= to_gateway
        assert len(table["PropagatingVgws"]) == 1


def test_keys_turn_and_buckets_are_locked(cloud: CloudReader) -> None:
    kms, s3 = cloud.client("kms"), cloud.client("s3")
    aliases = {a["AliasName"]: a["TargetKeyId"] for a in kms.list_aliases()["Aliases"] if "metropole" in a["AliasName"]}
    assert len(aliases) == 4
    assert all(kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] for key in aliases.values())
    for what in ("backup", "trail"):
        bucket = cloud.bucket(what)
        lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
        retained = lock["Rule"]["DefaultRetention"]
        assert (retained["Mode"], retained["Days"]) == ("GOVERNANCE", 1)
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
        assert "OnlyOverTls" in s3.get_bucket_policy(Bucket=bucket)["Policy"]


def test_the_account_is_watched(cloud: CloudReader) -> None:
    (trail,) = cloud.client("cloudtrail").describe_trails()["trailList"]
    assert trail["IsMultiRegionTrail"]
    assert trail["LogFileValidationEnabled"]
    assert len(cloud.client("guardduty").list_detectors()["DetectorIds"]) == 1
    block = cloud.client("s3control").get_public_access_block(AccountId=cloud.account_id)
    assert all(block["PublicAccessBlockConfiguration"].values())


def test_no_key_of_a_tunnel_and_no_access_key_stands_in_the_state(deployed: Metro, cloud: CloudReader) -> None:
    written = json.dumps(deployed.deployed("sandbox-cloud"))
    connections = cloud.ec2.describe_vpn_connections()["VpnConnections"]
    secrets = [tunnel["PreSharedKey"] for c in connections for tunnel in c["Options"]["TunnelOptions"]]
    assert len(set(secrets)) == 4
    for secret in (*secrets, cloud.key):
        assert secret not in written


def test_no_secret_stands_readable_in_any_file(deployed: Metro, cloud: CloudReader) -> None:
    parts = ("project", "state", "pulumi-home", "logs")
    files = [path for part in parts for path in (deployed.state / part).rglob("*") if path.is_file()]
    secret = cloud.key.encode()
    assert not [path for path in (*files, *deployed.state.glob("*.log")) if secret in path.read_bytes()]


def test_drift_is_seen_by_refresh_and_mended_by_up(deployed: Metro, cloud: CloudReader) -> None:
    bucket = cloud.bucket("backup")
    with cloud.bucket_policy(bucket) as policy:
        policy["Statement"] = [statement for statement in policy["Statement"] if statement["Sid"] != "OnlyOverTls"]
    table = cloud.named(cloud.ec2.describe_route_tables, "RouteTables")[f"{NETWORK}-routes-a"]["RouteTableId"]
    cloud.ec2.delete_route(RouteTableId=table, DestinationCidrBlock="10.128.0.0/12")
    groups = cloud.named(cloud.ec2.describe_security_groups, "SecurityGroups")
    default = groups[f"{NETWORK}-default"]["GroupId"]
    anybody = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    cloud.ec2.authorize_security_group_ingress(GroupId=default, IpPermissions=anybody)
    bastion = "10.129.0.2/32"
    rule = cloud.widen_rule(bastion, 22)

    steps = json.loads(deployed.pulumi("refresh", "-s", "sandbox-cloud", "--preview-only", "--json").stdout)["steps"]
    seen = {(step["urn"].rpartition(":")[2], step["op"]) for step in steps if step["op"] not in ("same", "refresh")}
    assert seen == {
        ("cloud-paris-backups-bucket-policy", "update"),
        ("cloud-paris-groups-open-data-portal-in-22-10-129-0-2-32", "update"),
        ("cloud-paris-network-default", "update"),
        ("cloud-paris-vpn-sites-a", "delete"),
    }

    assert deployed.succeed("up", "-t", "sandbox", "--only", "cloud").changes() == {"sandbox-cloud": 4}

    assert "OnlyOverTls" in cloud.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    routes = cloud.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert "10.128.0.0/12" in {route.get("DestinationCidrBlock") for route in routes}
    assert not cloud.ec2.describe_security_groups(GroupIds=[default])["SecurityGroups"][0]["IpPermissions"]
    mended = cloud.ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
    assert mended[0]["CidrIpv4"] == bastion
    assert deployed.succeed("up", "-t", "sandbox", "--only", "cloud").changes() == {"sandbox-cloud": 0}


def test_a_bucket_with_backups_in_it_goes_with_a_rehearsal(deployed: Metro, cloud: CloudReader) -> None:
    """Last of all: what is locked for a day does not keep a rehearsal from ending, and nothing but keys is left."""
    bucket = cloud.bucket("backup")
    s3 = cloud.client("s3")
    with pytest.raises(ClientError, match="Forbidden"):
        s3.put_object(Bucket=bucket, Key="full.tar", Body=b"backup")  # a simulated cloud speaks plain HTTP
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="full.tar", Body=b"backup")
    answer = deployed.succeed("down", "-t", "sandbox", "--keep-twin")

    assert "AWS keeps for a while" in answer.stderr
    assert "is deleted on 20" in answer.stderr
    assert not +cloud.counts()
    assert cloud.named(cloud.ec2.describe_vpcs, "Vpcs") == {}
    assert cloud.client("iam").list_roles()["Roles"] == []
    assert cloud.client("cloudtrail").describe_trails()["trailList"] == []
    assert cloud.client("guardduty").list_detectors()["DetectorIds"] == []
    assert cloud.client("backup").list_backup_vaults()["BackupVaultList"] == []
    assert cloud.client("logs").describe_log_groups()["logGroups"] == []
    assert cloud.client("route53").list_hosted_zones()["HostedZones"] == []
    kms = cloud.client("kms")
    left = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    assert {key["KeyState"] for key in left if key["KeyManager"] == "CUSTOMER"} == {"PendingDeletion"}
    assert len(left) == 4
