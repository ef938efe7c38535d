"""Keys and aliases."""

from __future__ import annotations

import json
from typing import Any

from tests.twin.aws.account import ACCOUNT, Account
from tests.twin.aws.case import Case
from twin.framework.declaration import Given


def key_policy(*actions: str) -> str:
    statement = {
        "Sid": "Owner",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": list(actions),
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def given(account: Account) -> dict[str, Any]:
    kms = account.client("kms")
    keys = [kms.create_key(Description=name)["KeyMetadata"] for name in ("given", "given too")]
    return {
        "key": keys[0]["KeyId"],
        "other key": keys[1]["KeyId"],
        "key arn": keys[0]["Arn"],
        "other key arn": keys[1]["Arn"],
        "key policy": key_policy("kms:*"),
        "other key policy": key_policy("kms:*", "kms:Decrypt"),
    }


def _key(account: Account, id_: str) -> dict[str, Any]:
    kms = account.client("kms")
    found = kms.describe_key(KeyId=id_)["KeyMetadata"]
    rotation = kms.get_key_rotation_status(KeyId=id_)
    return {
        "arn": found["Arn"],
        "keyId": found["KeyId"],
        "description": found["Description"],
        "customerMasterKeySpec": found["KeySpec"],
        "keyUsage": found["KeyUsage"],
        "multiRegion": found["MultiRegion"],
        "isEnabled": found["Enabled"],
        "enableKeyRotation": rotation["KeyRotationEnabled"],
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "policy": json.loads(kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"]),
        "tagsAll": {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=id_)["Tags"]},
    }


def _alias(account: Account, id_: str) -> dict[str, Any]:
    (found,) = (item for item in account.client("kms").list_aliases()["Aliases"] if item["AliasName"] == id_)
    return {
        "name": found["AliasName"],
        "targetKeyId": found["TargetKeyId"],
        "arn": found["AliasArn"],
        "targetKeyArn": f"arn:aws:kms:eu-west-3:{ACCOUNT}:key/{found['TargetKeyId']}",
    }


CASES = {
    "kms.Key": Case(
        minimal=lambda name: {"tags": {"Name": name}},
        read=_key,
        company={"rotationPeriodInDays": {"enableKeyRotation": True}},
        unknowable=frozenset({"deletionWindowInDays"}),
        alone=False,
    ),
    "kms.Alias": Case(
        minimal=lambda name: {"name": f"alias/{name}", "targetKeyId": Given("key")},
        read=_alias,
    ),
}
