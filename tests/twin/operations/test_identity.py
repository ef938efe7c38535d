"""A pending create of the cloud is found by what the state recorded of it, and by nothing that is somebody else's."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from operations.errors import AnswerNo
from operations.recovery.identity import identify_in
from operations.recovery.pending import PendingOperation, UnknownIdentity
from operations.worlds.automation import imagined_automation
from operations.worlds.world import CloudAccess, World
from tests.twin.aws.account import ACCOUNT, KEY, REGION, SECRET, Account, running

pytestmark = pytest.mark.api

PROVIDER = "urn:pulumi:drill-cloud::metropole::pulumi:providers:aws::cloud-paris"
STACK = {"metropole:stack": "drill-cloud"}
SECRET_VALUE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:…"}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Generator[Account]:
    with running(tmp_path_factory.mktemp("cloud")) as found:
        yield found


@pytest.fixture
def world(account: Account) -> World:
    access = CloudAccess(f"http://{account.server}", REGION, ACCOUNT, KEY, SECRET)
    return World("drill", Path(), {}, {"cloud-paris": access}, imagined_automation())


def deployment(server: str, account_id: str = ACCOUNT) -> dict[str, Any]:
    """What the state says of the provider, its keys encrypted."""
    services = ("sts", "ec2", "iam", "kms", "s3")
    inputs = {
        "region": REGION,
        "endpoints": json.dumps([dict.fromkeys(services, f"http://{server}")]),
        "allowedAccountIds": json.dumps([account_id]),
        "defaultTags": json.dumps({"tags": STACK}),
        "s3UsePathStyle": "true",
        "accessKey": SECRET_VALUE,
        "secretKey": SECRET_VALUE,
    }
    return {"resources": [{"urn": PROVIDER, "id": "1111", "inputs": inputs}]}


def creating(kind: str, **inputs: Any) -> PendingOperation:
    return PendingOperation(f"urn:{kind}", kind, "creating", f"{PROVIDER}::1111", inputs)


def network(name: str) -> PendingOperation:
    tags = {"Name": name}
    return creating("aws:ec2/vpc:Vpc", cidrBlock="10.90.0.0/16", tags=tags, tagsAll={**tags, **STACK})


def make_network(account: Account, **tags: str) -> str:
    listed = [{"Key": key.replace("metropole_", "metropole:"), "Value": value} for key, value in tags.items()]
    specification = [{"ResourceType": "vpc", "Tags": listed}]
    ec2 = account.client("ec2")
    return ec2.create_vpc(CidrBlock="10.90.0.0/16", TagSpecifications=specification)["Vpc"]["VpcId"]


def test_it_is_found_by_its_name_and_its_stack(world: World, account: Account) -> None:
    state = deployment(account.server)
    assert identify_in(world, state, network("found-network")) is None
    make_network(account, Name="found-network", metropole_stack="another-cloud")
    make_network(account, Name="found-network")
    assert identify_in(world, state, network("found-network")) is None
    made = make_network(account, Name="found-network", metropole_stack="drill-cloud")
    assert identify_in(world, state, network("found-network")) == made


def test_what_has_a_name_of_its_own_is_found_by_that(world: World, account: Account) -> None:
    pending = creating("aws:kms/alias:Alias", name="alias/drill", targetKeyId="later")
    assert identify_in(world, deployment(account.server), pending) is None
    kms = account.client("kms")
    kms.create_alias(AliasName="alias/drill", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    assert identify_in(world, deployment(account.server), pending) == "alias/drill"


def test_a_cloud_that_is_not_the_worlds_is_a_persons_decision(world: World, account: Account) -> None:
    for state in (deployment("127.0.0.1:1"), deployment("ec2.eu-west-3.amazonaws.com"), {}, None):
        with pytest.raises(UnknownIdentity, match="is not one of drill's"):
            identify_in(world, state, network("found-network"))


def test_a_type_nobody_knows_is_a_persons_decision(world: World, account: Account) -> None:
    with pytest.raises(UnknownIdentity, match="aws:neptune"):
        identify_in(world, deployment(account.server), creating("aws:neptune/cluster:Cluster"))


def test_another_account_is_told_and_nothing_is_looked_up(world: World, account: Account) -> None:
    with pytest.raises(AnswerNo, match=r"cannot be looked up.*not allowed"):
        identify_in(world, deployment(account.server, "000087654321"), network("found-network"))
