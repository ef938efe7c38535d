"""Roles, policies and what joins them."""

from __future__ import annotations

import json
from typing import Any

from tests.twin.aws.account import Account
from tests.twin.aws.case import Case
from twin.framework.declaration import Given


def trust(*services: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def given(account: Account) -> dict[str, Any]:
    iam = account.client("iam")
    names = ("given", "given-too")
    policies = [
        iam.create_policy(PolicyName=name, PolicyDocument=allow("s3:GetObject"))["Policy"]["Arn"] for name in names
    ]
    for name in names:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("ec2.amazonaws.com"))
    return {
        "boundary": policies[0],
        "other boundary": policies[1],
        "role": names[0],
        "other role": names[1],
        "trust policy": trust("ec2.amazonaws.com"),
        "other trust policy": trust("backup.amazonaws.com", "ec2.amazonaws.com"),
        "iam policy": allow("s3:GetObject"),
        "other iam policy": allow("s3:GetObject", "s3:PutObject"),
    }


def _map(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _role(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("iam").get_role(RoleName=id_)["Role"]
    return {
        "name": found["RoleName"],
        "path": found["Path"],
        "arn": found["Arn"],
        "uniqueId": found["RoleId"],
        "createDate": found["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "assumeRolePolicy": found["AssumeRolePolicyDocument"],
        "description": found.get("Description", ""),
        "maxSessionDuration": found["MaxSessionDuration"],
        "permissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "tagsAll": _map(found.get("Tags", [])),
    }


def _policy(account: Account, id_: str) -> dict[str, Any]:
    iam = account.client("iam")
    found = iam.get_policy(PolicyArn=id_)["Policy"]
    version = iam.get_policy_version(PolicyArn=id_, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    return {
        "name": found["PolicyName"],
        "path": found["Path"],
        "arn": found["Arn"],
        "policyId": found["PolicyId"],
        "attachmentCount": found["AttachmentCount"],
        "description": found.get("Description", ""),
        "policy": version["Document"],
        "tagsAll": _map(iam.list_policy_tags(PolicyArn=id_)["Tags"]),
    }


def _role_policy(account: Account, id_: str) -> dict[str, Any]:
    role, name = id_.split(":")
    found = account.client("iam").get_role_policy(RoleName=role, PolicyName=name)
    return {"name": found["PolicyName"], "role": found["RoleName"], "policy": found["PolicyDocument"]}


def _attachment(account: Account, id_: str) -> dict[str, Any]:
    role, arn = id_.split("/", 1)
    listed = account.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    (found,) = (item for item in listed if item["PolicyArn"] == arn)
    return {"role": role, "policyArn": found["PolicyArn"]}


def _profile(account: Account, id_: str) -> dict[str, Any]:
    found = account.client("iam").get_instance_profile(InstanceProfileName=id_)["InstanceProfile"]
    return {
        "name": found["InstanceProfileName"],
        "path": found["Path"],
        "arn": found["Arn"],
        "uniqueId": found["InstanceProfileId"],
        "createDate": found["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "role": "".join(role["RoleName"] for role in found["Roles"]),
        "tagsAll": _map(found.get("Tags", [])),
    }


CASES = {
    "iam.Role": Case(
        minimal=lambda name: {"name": name, "assumeRolePolicy": Given("trust policy")},
        read=_role,
        unknowable=frozenset({"forceDetachPolicies"}),
    ),
    "iam.Policy": Case(
        minimal=lambda name: {"name": name, "policy": Given("iam policy")},
        read=_policy,
        nothing="arn:aws:iam::000012345678:policy/none",
    ),
    "iam.RolePolicy": Case(
        minimal=lambda name: {"name": name, "role": Given("role"), "policy": Given("iam policy")},
        read=_role_policy,
        alone=False,
    ),
    "iam.RolePolicyAttachment": Case(
        minimal=lambda _: {"role": Given("role"), "policyArn": Given("boundary")},
        read=_attachment,
        alone=False,
    ),
    "iam.InstanceProfile": Case(minimal=lambda name: {"name": name}, read=_profile),
}
