"""The policy documents, judged by what they may never say."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from components.cloud.bucket_policies import locked_bucket_policy, trail_delivery
from components.cloud.key_policies import Purpose, purpose_policy, trail_policy
from components.cloud.policy_documents import Document, document, service_trust, statement, to_json
from components.cloud.role_policies import backup_worker, boundary, endpoint_policy, log_writer

ACCOUNT = "123456789012"
REGION = "eu-west-3"
BUCKET = "arn:aws:s3:::bucket"
KEY = "arn:aws:kms:eu-west-3:123456789012:key/1"
TRAIL = "arn:aws:cloudtrail:eu-west-3:123456789012:trail/trail"
GROUPS = "arn:aws:logs:eu-west-3:123456789012:log-group:/metropole/example/paris/*"
VAULT = "arn:aws:backup:eu-west-3:123456789012:backup-vault:vault"

KEY_POLICIES = {
    **{purpose.value: purpose_policy(purpose, REGION, ACCOUNT, GROUPS) for purpose in Purpose},
    "trail": trail_policy(REGION, ACCOUNT, TRAIL, GROUPS),
}
BUCKET_POLICY = locked_bucket_policy(BUCKET, KEY, trail_delivery(BUCKET, ACCOUNT, TRAIL))
ROLE_POLICIES = {"logs": log_writer("arn:logs"), "backup": backup_worker(VAULT, REGION, ACCOUNT)}


def _statements(policy: Document, effect: str) -> list[dict[str, Any]]:
    return [each for each in policy["Statement"] if each["Effect"] == effect]


def _denied(policy: Document, action: str) -> bool:
    return any(
        fnmatchcase(action, pattern)
        for each in _statements(policy, "Deny")
        if "Condition" not in each
        for pattern in each["Action"]
    )


def test_a_document_is_written_the_same_way_each_time():
    made = document(statement("Read", ["s3:GetObject"], [BUCKET], conditions={"Bool": {"aws:SecureTransport": "true"}}))
    assert to_json(made) == (
        '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],'
        '"Resource":["arn:aws:s3:::bucket"],"Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}'
    )


def test_a_trust_names_one_service_and_its_conditions():
    assert service_trust("backup.amazonaws.com")["Statement"] == [
        {
            "Sid": "Service",
            "Effect": "Allow",
            "Principal": {"Service": "backup.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]
    tied = service_trust("x.amazonaws.com", {"StringEquals": {"aws:SourceAccount": ACCOUNT}})
    assert tied["Statement"][0]["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@pytest.mark.parametrize("policy", [*KEY_POLICIES.values(), BUCKET_POLICY], ids=[*KEY_POLICIES, "bucket"])
def test_nobody_from_elsewhere_and_no_service_is_let_in_without_a_condition(policy: Document):
    for each in _statements(policy, "Allow"):
        if each["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}:
            continue
        assert each["Condition"], each["Sid"]
        if each["Principal"] == {"AWS": "*"}:
            assert each["Condition"]["StringEquals"]["kms:CallerAccount"] == ACCOUNT
        else:
            assert set(each["Principal"]) == {"Service"}


@pytest.mark.parametrize("policy", KEY_POLICIES.values(), ids=KEY_POLICIES)
def test_a_key_can_always_be_managed_by_its_account(policy: Document):
    first = policy["Statement"][0]
    assert first["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert first["Action"] == ["kms:*"]


def test_each_purpose_has_its_own_users():
    def users(purpose: Purpose) -> object:
        statements = {each["Sid"]: each for each in KEY_POLICIES[purpose.value]["Statement"]}
        through = statements.get("ThroughServices")
        return through["Condition"]["StringEquals"]["kms:ViaService"] if through else statements["LogsOfTheTerritory"]

    assert users(Purpose.BACKUP) == [f"{service}.{REGION}.amazonaws.com" for service in ("s3", "backup", "ec2")]
    assert users(Purpose.DATA) == [f"{service}.{REGION}.amazonaws.com" for service in ("ec2", "sqs", "dynamodb")]
    assert users(Purpose.LOGS) == {
        "Sid": "LogsOfTheTerritory",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{REGION}.amazonaws.com"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        "Resource": ["*"],
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": GROUPS}},
    }


def test_a_locked_bucket_refuses_plain_text_old_tls_and_other_keys():
    refused = {each["Sid"]: each for each in _statements(BUCKET_POLICY, "Deny")}
    assert refused["OnlyOverTls"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert refused["OnlyOverTls"]["Resource"] == [BUCKET, f"{BUCKET}/*"]
    assert refused["OnlyModernTls"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    assert refused["OnlyItsOwnKey"]["Condition"]["StringNotEqualsIfExists"] == {
        "s3:x-amz-server-side-encryption-aws-kms-key-id": KEY
    }
    assert all(each["Principal"] == {"AWS": "*"} for each in refused.values())


def test_a_trail_is_delivered_into_its_accounts_folder_only():
    allowed = {each["Sid"]: each for each in _statements(BUCKET_POLICY, "Allow")}
    assert allowed["TrailWrites"]["Resource"] == [f"{BUCKET}/AWSLogs/{ACCOUNT}/*"]
    assert all(each["Condition"]["StringEquals"]["aws:SourceArn"] == TRAIL for each in allowed.values())


@pytest.mark.parametrize(
    "action",
    [
        "iam:CreateRole",
        "iam:DeleteRolePermissionsBoundary",
        "sts:AssumeRole",
        "kms:ScheduleKeyDeletion",
        "kms:PutKeyPolicy",
        "s3:BypassGovernanceRetention",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketPolicy",
        "backup:DeleteRecoveryPoint",
        "backup:DeleteBackupVaultLockConfiguration",
        "logs:DeleteLogGroup",
    ],
)
def test_the_boundary_never_lets_a_role_undo_a_guard(action: str):
    assert _denied(boundary(REGION, ACCOUNT), action)


def test_the_boundary_ends_at_region_and_account():
    rules = {each["Sid"]: each for each in boundary(REGION, ACCOUNT)["Statement"]}
    assert rules["WorkInTheRegion"]["Condition"] == {"StringEquals": {"aws:RequestedRegion": REGION}}
    assert rules["NeverElsewhere"]["Effect"] == "Deny"
    assert rules["NeverElsewhere"]["Condition"] == {"StringNotEqualsIfExists": {"aws:ResourceAccount": ACCOUNT}}
    assert "*" not in rules["WorkInTheRegion"]["Action"]


@pytest.mark.parametrize("policy", ROLE_POLICIES.values(), ids=ROLE_POLICIES)
def test_a_role_gets_no_action_of_a_whole_service_and_nothing_the_boundary_denies(policy: Document):
    for each in policy["Statement"]:
        for action in each["Action"]:
            assert not action.endswith(":*")
            assert not _denied(boundary(REGION, ACCOUNT), action), action


@pytest.mark.parametrize("policy", ROLE_POLICIES.values(), ids=ROLE_POLICIES)
def test_only_looking_is_allowed_everywhere(policy: Document):
    for each in policy["Statement"]:
        if each["Resource"] == ["*"]:
            assert all(action.split(":")[1].startswith(("Describe", "Get", "List")) for action in each["Action"])


def test_endpoints_are_for_the_account_on_both_sides():
    (only,) = endpoint_policy(ACCOUNT)["Statement"]
    assert only["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT},
    }


@pytest.mark.parametrize("policy", [*KEY_POLICIES.values(), BUCKET_POLICY, boundary(REGION, ACCOUNT)])
def test_statements_have_names_of_their_own(policy: Document):
    names = [each["Sid"] for each in policy["Statement"]]
    assert len(names) == len(set(names))
    assert all(name.isalnum() for name in names)
    # A managed policy holds 6,144 characters, a key's 32,768, a bucket's 20,480.
    assert len(json.dumps(policy)) < 6144
