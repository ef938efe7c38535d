from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.cloud.existing import ExistingCloud
from components.cloud.key_policies import Purpose
from components.retention import Environment, retention
from stacks.configuration import SettingsError
from stacks.layers import LAYERS
from stacks.settings import Settings, read_settings
from territory.loader import load_territory
from tests.unit.components.recorder import deploy
from tests.unit.stacks.configuration import configuration
from tests.unit.stacks.ungated import run

STACK = "sandbox-datacenters"
CLOUD = {"cloud-paris": {"accountId": "123456789012"}}
KEYS = {"cloud-paris": {"accessKeyId": "AKIA-hunter2", "secretAccessKey": "hunter2"}}


def _read(**changes: Any) -> Settings:
    read: list[Settings] = []
    deploy(lambda: read.append(read_settings(LAYERS)), stack=STACK, config=configuration("datacenters", **changes))
    return read[0]


def test_a_complete_cloud():
    settings = _read(
        cloud={"cloud-paris": {"accountId": "123456789012", "endpoint": "http://127.0.0.1:4566"}},
        cloudKeys=None,
        existingCloud={
            "cloud-paris": {
                "vpcId": "vpc-1",
                "vpnGatewayId": "vgw-1",
                "keyArns": {"logs": "arn:logs"},
                "backupBucket": "archive",
            }
        },
    )
    cloud = settings.cloud(load_territory("sandbox").cloud_regions[0])
    assert (cloud.account_id, cloud.endpoint, cloud.key) == ("123456789012", "http://127.0.0.1:4566", None)
    assert settings.existing_clouds == {
        "cloud-paris": ExistingCloud(
            vpc_id="vpc-1", vpn_gateway_id="vgw-1", key_arns={Purpose.LOGS: "arn:logs"}, backup_bucket="archive"
        )
    }
    assert settings.retention == retention(Environment.REHEARSAL)


def test_access_keys_are_secret():
    def program() -> None:
        key = read_settings(LAYERS).clouds["cloud-paris"].key
        assert key is not None
        pulumi.export("id", key.id)
        pulumi.export("secret", key.secret)

    config = configuration("datacenters", cloud=CLOUD, cloudKeys=KEYS)
    assert deploy(program, stack=STACK, config=config).outputs == {
        "id": "secret(AKIA-hunter2)",
        "secret": "secret(hunter2)",
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"cloud": {"cloud-paris": {}}},
            "metropole:cloud.cloud-paris.accountId: is not set\n"
            "  remedy: pulumi config set --path 'metropole:cloud.cloud-paris.accountId' ACCOUNT-ID "
            "--type string --stack sandbox-datacenters",
        ),
        (
            {"cloud": {"cloud-paris": {"accountId": "1234-5678-9012"}}},
            "metropole:cloud.cloud-paris.accountId: found '1234-5678-9012', expected a text of twelve digits\n"
            "  remedy: pulumi config set --path 'metropole:cloud.cloud-paris.accountId' ACCOUNT-ID "
            "--type string --stack sandbox-datacenters",
        ),
        (
            {"cloud": {"cloud-paris": {"accountId": "123456789012", "profile": "x"}}},
            "metropole:cloud.cloud-paris.profile: is no such setting; expected accountId, endpoint\n"
            "  remedy: pulumi config rm --path 'metropole:cloud.cloud-paris.profile' --stack sandbox-datacenters",
        ),
        (
            {"cloud": CLOUD, "cloudKeys": {"cloud-paris": {"accessKeyId": "hunter2"}}},
            "metropole:cloudKeys.cloud-paris.secretAccessKey: is not set\n"
            "  remedy: pulumi config set --secret --path 'metropole:cloudKeys.cloud-paris.secretAccessKey' "
            "--stack sandbox-datacenters",
        ),
        (
            {"existingCloud": {"cloud-paris": {"vpnGatewayId": "vgw-1"}}},
            "metropole:existingCloud.cloud-paris.vpcId: is not set, but vpnGatewayId is\n"
            "  remedy: pulumi config set --path 'metropole:existingCloud.cloud-paris.vpcId' ID "
            "--stack sandbox-datacenters",
        ),
        (
            {"existingCloud": {"cloud-paris": {"vpc": "vpc-1"}}},
            "metropole:existingCloud.cloud-paris.vpc: is no such setting; "
            "expected vpcId, vpnGatewayId, backupBucket, keyArns\n"
            "  remedy: pulumi config rm --path 'metropole:existingCloud.cloud-paris.vpc' --stack sandbox-datacenters",
        ),
        (
            {"existingCloud": {"cloud-paris": {"keyArns": {"log": "arn"}}}},
            "metropole:existingCloud.cloud-paris.keyArns.log: is no such setting; expected backup, logs, data\n"
            "  remedy: pulumi config rm --path 'metropole:existingCloud.cloud-paris.keyArns.log' "
            "--stack sandbox-datacenters",
        ),
    ],
)
def test_a_mistake_names_its_key_and_the_command_that_mends_it(changes: dict[str, Any], message: str):
    with pytest.raises(SettingsError) as caught:
        _read(**changes)
    assert str(caught.value) == message
    assert "hunter2" not in str(caught.value)


def test_what_exists_has_to_be_in_one_of_the_territorys_regions():
    config = configuration("datacenters", existingCloud={"cloud-lyon": {"vpcId": "vpc-1"}})
    with pytest.raises(SettingsError) as caught:
        deploy(run, stack=STACK, config=config)
    assert str(caught.value) == (
        "metropole:existingCloud.cloud-lyon: is no such cloud region; expected cloud-paris\n"
        "  remedy: pulumi config rm --path 'metropole:existingCloud.cloud-lyon' --stack sandbox-datacenters"
    )


def test_a_region_without_an_account():
    settings = _read(cloud=None)
    with pytest.raises(SettingsError) as caught:
        settings.cloud(load_territory("sandbox").cloud_regions[0])
    assert str(caught.value).startswith(
        "metropole:cloud: names no account for the cloud region cloud-paris\n"
        "  remedy: pulumi config set --path 'metropole:cloud.cloud-paris.accountId' ACCOUNT-ID --type string --stack "
    )
