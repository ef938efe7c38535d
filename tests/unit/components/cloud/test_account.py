from __future__ import annotations

from functools import cache

import pulumi_aws as aws
import pytest

from components.cloud.account import Account, AccountArgs
from components.retention import Environment
from tests.unit.components.clouds import ACCOUNT, PROVIDER, cloud_resources, cloud_territory, place, policy
from tests.unit.components.recorder import Recorder, deploy

TERRITORY = cloud_territory()
TRAIL = f"arn:aws:cloudtrail:eu-west-3:{ACCOUNT}:trail/example-paris-trail"


@cache
def _up(*, preview: bool = False, environment: Environment = Environment.REHEARSAL) -> Recorder:
    def program() -> None:
        home = place(TERRITORY, environment)
        elsewhere = aws.Provider("cloud-elsewhere", region="eu-central-1")
        Account(
            "account",
            AccountArgs(
                home=home,
                providers={"paris": home.provider, "elsewhere": elsewhere},
                watched_buckets=["backups"],
            ),
        )

    return deploy(program, preview=preview)


@pytest.mark.parametrize("preview", [False, True])
def test_every_child_names_its_provider(preview: bool):
    providers = {r.name: r.provider for r in cloud_resources(_up(preview=preview))}
    assert providers.pop("account-detector-elsewhere") == "cloud-elsewhere"
    assert set(providers.values()) == {PROVIDER}


def test_one_detector_a_region_and_one_trail_of_all_of_them():
    recorder = _up()
    assert {r.name for r in recorder.of("Detector")} == {"account-detector-paris", "account-detector-elsewhere"}
    (trail,) = recorder.of("Trail")
    assert trail.inputs["isMultiRegionTrail"] is True
    assert trail.inputs["enableLogFileValidation"] is True
    assert trail.inputs["kmsKeyId"] == "account-trail-key-key:arn"
    assert trail.inputs["s3BucketName"] == "account-trail-bucket-bucket:id"
    assert trail.inputs["cloudWatchLogsGroupArn"] == "account-trail-logs:arn:*"
    assert trail.inputs["eventSelectors"] == [
        {
            "readWriteType": "All",
            "includeManagementEvents": True,
            "dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3:::backups/"]}],
        }
    ]


def test_only_this_trail_is_delivered():
    recorder = _up()
    said = policy(recorder["account-trail-bucket-policy"].inputs["policy"])
    name = f"example-paris-trail-{ACCOUNT}"
    assert said["TrailWrites"]["Resource"] == [f"arn:aws:s3:::{name}/AWSLogs/{ACCOUNT}/*"]
    assert recorder["account-trail-bucket-bucket"].inputs["bucket"] == name
    assert said["TrailWrites"]["Condition"]["StringEquals"]["aws:SourceArn"] == TRAIL
    key = policy(recorder["account-trail-key-key"].inputs["policy"])
    assert key["TrailWrites"]["Condition"] == {"StringEquals": {"aws:SourceArn": TRAIL}}


def test_no_bucket_of_the_account_becomes_public():
    (block,) = _up().of("AccountPublicAccessBlock")
    assert set(block.inputs.values()) == {True}
    assert len(block.inputs) == 4


def test_production_keeps_the_trail_for_a_year_and_protects_it():
    recorder = _up(environment=Environment.PRODUCTION)
    retained = recorder["account-trail-bucket-lock"].inputs["rule"]["defaultRetention"]
    assert retained == {"mode": "COMPLIANCE", "days": 365}
    assert {r.name for r in recorder.registrations if r.protect} == {
        "account-trail",
        "account-trail-bucket-bucket",
        "account-trail-key-key",
        "account-trail-logs",
    }
