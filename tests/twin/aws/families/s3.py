"""Buckets and their settings."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from tests.twin.aws.account import ACCOUNT, REGION, Account
from tests.twin.aws.case import Case, fresh_name
from twin.framework.declaration import Given


def make_bucket(account: Account, *, lock: bool = False, name: str = "") -> str:
    name = name or f"bucket-{fresh_name()}"
    account.client("s3").create_bucket(
        Bucket=name,
        ObjectLockEnabledForBucket=lock,
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )
    return name


def _locked_bucket(account: Account) -> str:
    return make_bucket(account, lock=True)


def bucket_policy(*actions: str) -> str:
    statement = {
        "Sid": "Robot",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": list(actions),
        "Resource": "arn:aws:s3:::given-bucket/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def given(account: Account) -> dict[str, Any]:
    return {
        "bucket": make_bucket(account, name="given-bucket", lock=True),
        "other bucket": make_bucket(account, name="given-bucket-too", lock=True),
        "bucket policy": bucket_policy("s3:GetObject"),
        "other bucket policy": bucket_policy("s3:GetObject", "s3:PutObject"),
        "account": ACCOUNT,
    }


def _tags(s3: Any, bucket: str) -> dict[str, str]:
    try:
        return {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]}
    except ClientError:
        return {}


def _locks(s3: Any, bucket: str) -> bool:
    try:
        s3.get_object_lock_configuration(Bucket=bucket)
    except ClientError:
        return False
    return True


def _bucket(account: Account, id_: str) -> dict[str, Any]:
    s3 = account.client("s3")
    (found,) = (item for item in s3.list_buckets()["Buckets"] if item["Name"] == id_)
    return {
        "bucket": found["Name"],
        "objectLockEnabled": _locks(s3, id_),
        "tagsAll": _tags(s3, id_),
        "arn": f"arn:aws:s3:::{id_}",
        "bucketDomainName": f"{id_}.s3.amazonaws.com",
        "bucketRegion": s3.get_bucket_location(Bucket=id_)["LocationConstraint"],
        "bucketRegionalDomainName": f"{id_}.s3.{REGION}.amazonaws.com",
    }


def _block(found: dict[str, bool]) -> dict[str, bool]:
    return {name[0].lower() + name[1:]: value for name, value in found.items()}


def _public_access_block(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("s3").get_public_access_block(Bucket=id_)["PublicAccessBlockConfiguration"]
    return {"bucket": id_, **_block(found)}


def _account_block(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("s3control").get_public_access_block(AccountId=id_)["PublicAccessBlockConfiguration"]
    return {"accountId": id_, **_block(found)}


def _policy(account: Account, id_: str) -> dict[str, Any]:
    return {"bucket": id_, "policy": json.loads(account.client("s3").get_bucket_policy(Bucket=id_)["Policy"])}


def _ownership(account: Account, id_: str) -> dict[str, Any]:
    (rule,) = account.client("s3").get_bucket_ownership_controls(Bucket=id_)["OwnershipControls"]["Rules"]
    return {"bucket": id_, "rule": {"objectOwnership": rule["ObjectOwnership"]}}


def _versioning(account: Account, id_: str) -> dict[str, Any]:
    status = account.client("s3").get_bucket_versioning(Bucket=id_)["Status"]
    return {"bucket": id_, "versioningConfiguration": {"status": status}}


def _lock(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("s3").get_object_lock_configuration(Bucket=id_)["ObjectLockConfiguration"]
    kept = found.get("Rule", {}).get("DefaultRetention", {})
    retention = {name.lower(): value for name, value in kept.items()}
    return {"bucket": id_, "objectLockEnabled": found["ObjectLockEnabled"], "rule": {"defaultRetention": retention}}


def _encryption(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("s3").get_bucket_encryption(Bucket=id_)["ServerSideEncryptionConfiguration"]["Rules"]
    rules: list[dict[str, Any]] = []
    for rule in found:
        default = rule["ApplyServerSideEncryptionByDefault"]
        names = {"SSEAlgorithm": "sseAlgorithm", "KMSMasterKeyID": "kmsMasterKeyId"}
        rules.append(
            {
                "applyServerSideEncryptionByDefault": {names[name]: value for name, value in default.items()},
                "bucketKeyEnabled": rule.get("BucketKeyEnabled"),
            }
        )
    return {"bucket": id_, "rules": rules}


def _lower(value: Any) -> Any:
    if isinstance(value, dict):
        return {("id" if name == "ID" else name[0].lower() + name[1:]): _lower(part) for name, part in value.items()}
    return [_lower(part) for part in value] if isinstance(value, list) else value


def _lifecycle(account: Account, id_: str) -> dict[str, Any]:
    return {
        "bucket": id_,
        "rules": _lower(account.client("s3").get_bucket_lifecycle_configuration(Bucket=id_)["Rules"]),
    }


CASES = {
    "s3.Bucket": Case(
        minimal=lambda name: {"bucket": name},
        read=_bucket,
        unknowable=frozenset({"forceDestroy"}),
    ),
    "s3.BucketPolicy": Case(
        minimal=lambda _: {"bucket": Given("bucket"), "policy": Given("bucket policy")},
        read=_policy,
        alone=False,
    ),
    "s3.BucketPublicAccessBlock": Case(
        minimal=lambda _: {"bucket": make_bucket}, read=_public_access_block, alone=False
    ),
    "s3.BucketOwnershipControls": Case(
        minimal=lambda _: {"bucket": make_bucket, "rule": {"objectOwnership": "ObjectWriter"}},
        read=_ownership,
        alone=False,
    ),
    "s3.BucketVersioning": Case(
        minimal=lambda _: {"bucket": make_bucket, "versioningConfiguration": {"status": "Enabled"}},
        read=_versioning,
        alone=False,
        stays=True,
    ),
    "s3.BucketObjectLockConfiguration": Case(
        minimal=lambda _: {"bucket": _locked_bucket},
        read=_lock,
        alone=False,
        stays=True,
        inherent=True,
    ),
    "s3.BucketServerSideEncryptionConfiguration": Case(
        minimal=lambda _: {
            "bucket": make_bucket,
            "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
        },
        read=_encryption,
        alone=False,
    ),
    "s3.BucketLifecycleConfiguration": Case(
        minimal=lambda _: {
            "bucket": make_bucket,
            "rules": [{"id": "old", "status": "Enabled", "expiration": {"days": 9}}],
        },
        read=_lifecycle,
        alone=False,
    ),
    "s3.AccountPublicAccessBlock": Case(minimal=lambda _: {}, read=_account_block, alone=False, nothing=None),
}
