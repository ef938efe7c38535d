"""The layers in the cloud under mocks, wired as their stacks are."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from stacks.cloud_outputs import CloudOutputs
from stacks.layers import LAYERS, account, cloud
from stacks.references import Upstream
from stacks.settings import read_settings
from territory.loader import load_territory
from territory.model import Territory
from tests.unit.components.recorder import Recorder, deploy
from tests.unit.stacks.configuration import configuration

CLOUD = {"cloud-paris": {"accountId": "123456789012", "endpoint": "http://127.0.0.1:4566"}}
KEYS = {"cloud-paris": {"accessKeyId": "key-id", "secretAccessKey": "key-secret"}}

DEFAULTS_OF_THE_SDK = {"skipCredentialsValidation": "false", "skipRegionValidation": "true"}


def _up(layer: Any, territory: Territory, *, preview: bool = False, **changes: Any) -> Recorder:
    def program() -> None:
        for name, value in layer.deploy(territory, read_settings(LAYERS)).to_dict().items():
            pulumi.export(name, value)

    config = configuration("datacenters", **{"cloud": CLOUD, "cloudKeys": KEYS, **changes})
    stack = f"{territory.name}-{layer.__name__.rpartition('.')[2]}"
    return deploy(program, stack=stack, config=config, preview=preview)


@pytest.mark.parametrize("name", ["sandbox", "bordeaux"])
@pytest.mark.parametrize("layer", [cloud, account], ids=["cloud", "account"])
@pytest.mark.parametrize("preview", [False, True])
def test_every_resource_names_the_provider_of_its_region(name: str, layer: Any, preview: bool):
    recorder = _up(layer, load_territory(name), preview=preview)
    resources = [r for r in recorder.registrations if r.type.startswith("aws:")]
    assert {r.provider for r in resources} == {"cloud-cloud-paris"}
    assert [r.name for r in resources if not r.parent] == []
    keys = [(r.type, r.name) for r in recorder.registrations]
    assert len(keys) == len(set(keys))


def test_a_provider_can_change_one_account_only_and_puts_its_mark_on_everything():
    recorder = _up(cloud, load_territory("sandbox"), environment="ephemeral", expires="2026-12-31T20:00:00+01:00")
    (provider,) = (r for r in recorder.registrations if r.type == "pulumi:providers:aws")
    inputs = {key: json.loads(value) if value[0] in "[{" else value for key, value in provider.inputs.items()}
    endpoints = inputs.pop("endpoints")
    assert {key: inputs.pop(key) for key in DEFAULTS_OF_THE_SDK} == DEFAULTS_OF_THE_SDK
    assert inputs == {
        "region": "eu-west-3",
        "allowedAccountIds": ["123456789012"],
        "accessKey": "secret(key-id)",
        "secretKey": "secret(key-secret)",
        "s3UsePathStyle": "true",
        "defaultTags": {
            "tags": {
                "metropole:territory": "sandbox",
                "metropole:stack": "sandbox-cloud",
                "metropole:environment": "ephemeral",
                "metropole:expires": "2026-12-31T20:00:00+01:00",
            }
        },
    }
    assert set(endpoints[0].values()) == {"http://127.0.0.1:4566"}
    assert {"ec2", "s3", "sts", "iam"} <= set(endpoints[0])


def test_without_keys_and_endpoint_the_provider_finds_its_own():
    recorder = _up(
        cloud, load_territory("sandbox"), cloud={"cloud-paris": {"accountId": "123456789012"}}, cloudKeys=None
    )
    (provider,) = (r for r in recorder.registrations if r.type == "pulumi:providers:aws")
    assert set(provider.inputs) == {"region", "allowedAccountIds", "defaultTags", *DEFAULTS_OF_THE_SDK}


def test_what_the_layer_hands_over_is_what_others_read():
    territory = load_territory("sandbox")
    outputs = _up(cloud, territory).outputs

    def program() -> None:
        pulumi.export("same", CloudOutputs.from_upstream(territory, Upstream(territory, "cloud")).to_dict())

    again = deploy(program, stack="sandbox-edge", upstream=outputs)
    assert again.outputs["same"] == outputs
    site = outputs["sites"]["cloud-paris"]
    assert site["keyArns"] == {purpose: f"cloud-paris-keys-{purpose}-key:arn" for purpose in ("backup", "logs", "data")}
    assert site["boundaryArn"] == "cloud-paris-boundary-policy:arn"
    assert (site["accountId"], site["providerRegion"]) == ("123456789012", "eu-west-3")


def _two_regions() -> Territory:
    territory = load_territory("sandbox")
    paris = territory.cloud_regions[0]
    milan = paris.model_copy(update={"id": "cloud-milan", "number": 2, "provider_region": "eu-south-1"})
    return territory.model_copy(update={"cloud_regions": (paris, milan)})


def test_regions_have_a_provider_each():
    accounts = {region: {"accountId": "123456789012"} for region in ("cloud-paris", "cloud-milan")}
    recorder = _up(cloud, _two_regions(), cloud=accounts, cloudKeys=None)
    for resource in recorder.registrations:
        if resource.type.startswith("aws:"):
            assert resource.name.startswith(resource.provider.removeprefix("cloud-"))
    assert len(recorder.of("Vpc")) == 2


@pytest.mark.parametrize(("second", "trails"), [("123456789012", 1), ("210987654321", 2)])
def test_one_trail_an_account_and_one_detector_a_region(second: str, trails: int):
    accounts = {"cloud-paris": {"accountId": "123456789012"}, "cloud-milan": {"accountId": second}}
    recorder = _up(account, _two_regions(), cloud=accounts, cloudKeys=None)
    assert len(recorder.of("Trail")) == len(recorder.of("AccountPublicAccessBlock")) == trails
    assert {(d.name.rpartition("detector-")[2], d.provider) for d in recorder.of("Detector")} == {
        ("cloud-paris", "cloud-cloud-paris"),
        ("cloud-milan", "cloud-cloud-milan"),
    }
    watched = [
        value
        for trail in recorder.of("Trail")
        for value in trail.inputs["eventSelectors"][0]["dataResources"][0]["values"]
    ]
    assert sorted(watched) == [
        f"arn:aws:s3:::sandbox-cloud-milan-backup-{second}/",
        "arn:aws:s3:::sandbox-cloud-paris-backup-123456789012/",
    ]


def test_an_adopted_bucket_is_watched_too():
    recorder = _up(account, load_territory("sandbox"), existingCloud={"cloud-paris": {"backupBucket": "archive"}})
    (trail,) = recorder.of("Trail")
    assert trail.inputs["eventSelectors"][0]["dataResources"][0]["values"] == ["arn:aws:s3:::archive/"]
