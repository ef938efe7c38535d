"""The sandbox's cloud at the engine: drift is seen and mended, kills leave one of each, no secret shows."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from contextlib import suppress

import psutil
import pytest

from tests.twin.operations.cloud_account import CloudAccount
from tests.twin.operations.conftest import metro_on_a_state_of_its_own
from tests.twin.operations.metro import Metro, finish
from tests.twin.operations.test_recovery import wait_for_engine

pytestmark = [pytest.mark.api, pytest.mark.slow]

ONLY = ("--only", "cloud", "--only", "account")
STACKS = ("sandbox-cloud", "sandbox-account")
ROUNDS, SEED = 5, 33063


@pytest.fixture(scope="module")
def clouded(engine: object, vcsim_binary: object):
    """The sandbox's cloud and account, up. Tests that share it leave it converged."""
    with metro_on_a_state_of_its_own() as shared:
        shared.succeed("up", "-t", "sandbox", *ONLY)
        yield shared


def assert_one_of_each(metro: Metro) -> None:
    """The cloud holds what the states declare, nothing less and nothing twice."""
    declared = Counter(item["type"] for stack in STACKS for item in metro.deployed(stack)["resources"])
    found = CloudAccount.of(metro).counts()
    assert {token: declared[token] for token in found} == dict(found)


def test_a_second_up_changes_nothing(clouded: Metro) -> None:
    assert clouded.succeed("up", "-t", "sandbox", *ONLY).json["changes"] == 0
    assert_one_of_each(clouded)


def test_drift_is_seen_by_refresh_and_mended_by_up(clouded: Metro) -> None:
    account = CloudAccount.of(clouded)
    s3, ec2 = account.client("s3"), account.client("ec2")
    bucket = next(item["Name"] for item in s3.list_buckets()["Buckets"] if "backup" in item["Name"])
    declared_policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    opened = {**declared_policy, "Statement": declared_policy["Statement"][:-1]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(opened))
    (vpc,) = (item["VpcId"] for item in ec2.describe_vpcs()["Vpcs"] if not item["IsDefault"])
    groups = ec2.describe_security_group_rules()["SecurityGroupRules"]
    rule = next(item for item in groups if not item["IsEgress"] and item.get("CidrIpv4", "").startswith("10."))
    narrow = rule["CidrIpv4"]
    ec2.modify_security_group_rules(
        GroupId=rule["GroupId"],
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": rule["SecurityGroupRuleId"],
                "SecurityGroupRule": {
                    "IpProtocol": rule["IpProtocol"],
                    "FromPort": rule["FromPort"],
                    "ToPort": rule["ToPort"],
                    "CidrIpv4": "0.0.0.0/0",
                },
            }
        ],
    )
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    table, route = next(
        (table["RouteTableId"], route["DestinationCidrBlock"])
        for table in tables
        for route in table["Routes"]
        if route.get("GatewayId", "").startswith("vgw-") and route.get("Origin") == "CreateRoute"
    )
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock=route)

    steps = json.loads(clouded.pulumi("refresh", "-s", "sandbox-cloud", "--preview-only", "--json").stdout)["steps"]
    seen = Counter(
        (step["urn"].split("::")[2].rsplit("$", 1)[-1].rsplit(":", 1)[-1], step["op"])
        for step in steps
        if step["op"] not in ("same", "refresh")
    )
    updated = {("BucketPolicy", "update"): 1, ("SecurityGroupIngressRule", "update"): 1}
    assert seen == Counter({**updated, ("Route", "delete"): 1})

    assert clouded.succeed("up", "-t", "sandbox", *ONLY).json["changes"] == 3

    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == declared_policy
    mended = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
    assert mended["SecurityGroupRules"][0]["CidrIpv4"] == narrow
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert route in [item.get("DestinationCidrBlock") for item in routes]
    assert clouded.succeed("up", "-t", "sandbox", *ONLY).json["changes"] == 0
    assert_one_of_each(clouded)


def test_no_secret_and_no_private_key_stands_readable_anywhere(clouded: Metro) -> None:
    secret = CloudAccount.of(clouded).secret.encode()
    parts = ("project", "state", "pulumi-home", "logs")
    files = [path for part in parts for path in (clouded.state / part).rglob("*") if path.is_file()]
    leaking = [path for path in (*files, *clouded.state.glob("*.log")) if secret in path.read_bytes()]
    assert not leaking
    for stack in STACKS:
        assert "PRIVATE KEY" not in clouded.project.state_file(stack).read_text()


@pytest.mark.timeout(900)
def test_kill_9_of_the_engine_leaves_one_of_each(metro: Metro) -> None:
    chance = random.Random(SEED)
    for _ in range(ROUNDS):
        process = metro.start("up", "-t", "sandbox", *ONLY, "--no-refresh")
        wait_for_engine(metro, process)
        time.sleep(chance.uniform(1.0, 9.0))
        for engine in metro.engines():
            with suppress(psutil.NoSuchProcess):
                engine.kill()
        answer = finish(process)
        assert answer.code in (0, 1), answer.stderr

    answer = metro.succeed("up", "-t", "sandbox", *ONLY)
    assert_one_of_each(metro)
    assert not [stack for stack in STACKS if metro.deployed(stack).get("pending_operations")]
    assert metro.succeed("up", "-t", "sandbox", *ONLY).json["changes"] == 0, answer.stderr


def test_down_leaves_what_aws_itself_retains_and_says_until_when(metro: Metro) -> None:
    metro.succeed("up", "-t", "sandbox", *ONLY)
    answer = metro.succeed("down", "-t", "sandbox", "--keep-twin")
    assert "AWS keeps for a while" in answer.stderr
    assert "is deleted on 20" in answer.stderr
    assert not +CloudAccount.of(metro).counts()
