"""Buckets refuse what AWS refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from providers.logic import ProviderError
from tests.twin.aws.account import ACCOUNT, Account
from tests.twin.aws.case import Subject, fresh_name
from tests.twin.aws.families.s3 import make_bucket
from twin.aws.provider import AWSProvider

pytestmark = pytest.mark.api

BUCKET = "aws:s3/bucket:Bucket"


@pytest.fixture
def s3(account: Account) -> Any:
    return account.client("s3")


@pytest.fixture
def locked(account: Account) -> str:
    return make_bucket(account, lock=True)


def _refusal(action: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        action(**arguments)
    return str(caught.value.response["Error"]["Code"])


def _locked_object(s3: Any, bucket: str, mode: str) -> str:
    until = datetime.now(UTC) + timedelta(days=1)
    put = s3.put_object(Bucket=bucket, Key="backup", Body=b"x", ObjectLockMode=mode, ObjectLockRetainUntilDate=until)
    return str(put["VersionId"])


def test_a_bucket_that_is_not_empty_stays_unless_told_otherwise(s3: Any, provider: AWSProvider) -> None:
    subject = Subject(provider, BUCKET)
    name = fresh_name()
    subject.create({"bucket": name})
    s3.put_object(Bucket=name, Key="journal", Body=b"kept")
    with pytest.raises(ProviderError, match="BucketNotEmpty"):
        subject.delete()
    subject.update({"bucket": name, "forceDestroy": True})
    subject.delete()
    assert subject.refresh() == ""


def test_old_versions_count_as_content(s3: Any, account: Account) -> None:
    bucket = make_bucket(account, lock=True)
    s3.put_object(Bucket=bucket, Key="journal", Body=b"kept")
    s3.delete_object(Bucket=bucket, Key="journal")
    assert _refusal(s3.delete_bucket, Bucket=bucket) == "BucketNotEmpty"


def test_the_default_retention_changes_whatever_lies_in_the_bucket(s3: Any, locked: str) -> None:
    _locked_object(s3, locked, "COMPLIANCE")

    def put(lock: dict[str, Any]) -> dict[str, Any]:
        s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration=lock)
        return s3.get_object_lock_configuration(Bucket=locked)["ObjectLockConfiguration"]

    retention = put({"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}})
    assert retention["Rule"]["DefaultRetention"]["Days"] == 3
    assert put({"ObjectLockEnabled": "Enabled"}) == {"ObjectLockEnabled": "Enabled"}


def test_a_governance_lock_can_be_passed_by_whoever_says_so(s3: Any, locked: str) -> None:
    version = _locked_object(s3, locked, "GOVERNANCE")
    assert _refusal(s3.delete_object, Bucket=locked, Key="backup", VersionId=version) == "AccessDenied"
    s3.delete_object(Bucket=locked, Key="backup", VersionId=version, BypassGovernanceRetention=True)
    assert "Versions" not in s3.list_object_versions(Bucket=locked)


def test_a_compliance_lock_holds_against_everybody(s3: Any, locked: str) -> None:
    version = _locked_object(s3, locked, "COMPLIANCE")
    assert (
        _refusal(s3.delete_object, Bucket=locked, Key="backup", VersionId=version, BypassGovernanceRetention=True)
        == "AccessDenied"
    )
    sooner = {"Mode": "COMPLIANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(minutes=1)}
    assert (
        _refusal(
            s3.put_object_retention,
            Bucket=locked,
            Key="backup",
            VersionId=version,
            Retention=sooner,
            BypassGovernanceRetention=True,
        )
        == "AccessDenied"
    )


def test_a_lock_by_default_is_on_every_new_object(s3: Any, locked: str) -> None:
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    s3.put_object_lock_configuration(
        Bucket=locked, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    version = s3.put_object(Bucket=locked, Key="backup", Body=b"x")["VersionId"]
    assert s3.head_object(Bucket=locked, Key="backup", VersionId=version)["ObjectLockMode"] == "GOVERNANCE"
    assert _refusal(s3.delete_object, Bucket=locked, Key="backup", VersionId=version) == "AccessDenied"


def test_versions_stay_where_objects_can_be_locked(s3: Any, locked: str) -> None:
    suspended = {"Status": "Suspended"}
    refusal = _refusal(s3.put_bucket_versioning, Bucket=locked, VersioningConfiguration=suspended)
    assert refusal == "InvalidBucketState"


@pytest.mark.parametrize(
    ("principal", "condition", "public"),
    [
        ("*", {}, True),
        ({"AWS": "*"}, {}, True),
        ("*", {"StringEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ("*", {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False),
        ("*", {"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {}, False),
    ],
)
def test_a_public_policy_is_refused_where_public_policies_are_blocked(
    s3: Any, account: Account, principal: Any, condition: dict[str, Any], public: bool
) -> None:
    bucket = make_bucket(account)
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Condition": condition}
    statement["Resource"] = f"arn:aws:s3:::{bucket}/*"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    if public:
        assert _refusal(s3.put_bucket_policy, Bucket=bucket, Policy=policy) == "AccessDenied"
    else:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def test_a_policy_that_denies_everybody_is_not_public(s3: Any, account: Account) -> None:
    bucket = make_bucket(account)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def test_a_policy_about_another_bucket_is_malformed(s3: Any, account: Account) -> None:
    bucket = make_bucket(account)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::somebody-elses/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert _refusal(s3.put_bucket_policy, Bucket=bucket, Policy=policy) == "MalformedPolicy"
    assert _refusal(s3.put_bucket_policy, Bucket=bucket, Policy="{") == "MalformedPolicy"


def test_an_account_that_blocks_public_policies_blocks_them_in_every_bucket(s3: Any, account: Account) -> None:
    control = account.client("s3control")
    control.put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    try:
        bucket = make_bucket(account)
        statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        assert _refusal(s3.put_bucket_policy, Bucket=bucket, Policy=policy) == "AccessDenied"
    finally:
        control.delete_public_access_block(AccountId=ACCOUNT)


def test_a_policy_opened_by_hand_is_seen_and_mended(s3: Any, account: Account, provider: AWSProvider) -> None:
    bucket = make_bucket(account)

    def policy(*actions: str) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": list(actions),
            "Resource": f"arn:aws:s3:::{bucket}/*",
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    subject = Subject(provider, "aws:s3/bucketPolicy:BucketPolicy")
    wanted = {"bucket": bucket, "policy": policy("s3:GetObject")}
    subject.create(wanted)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy("s3:*"))
    subject.refresh()
    assert subject.changed(wanted) == {"policy"}
    subject.update(wanted)
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == json.loads(wanted["policy"])
    subject.delete()
