"""Roles and policies refuse what AWS refuses."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from providers.logic import ProviderError
from tests.twin.aws.account import Account
from tests.twin.aws.case import Subject, fresh_name
from tests.twin.aws.families.iam import allow, trust
from twin.aws.provider import AWSProvider

pytestmark = pytest.mark.api

ROLE = "aws:iam/role:Role"


def _role(provider: AWSProvider, **others: Any) -> Subject:
    subject = Subject(provider, ROLE)
    subject.create({"name": fresh_name(), "assumeRolePolicy": trust("ec2.amazonaws.com"), **others})
    return subject


def _code(action: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        action(**arguments)
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize("kind", ["attached", "inline"])
def test_a_role_with_policies_stays_unless_told_otherwise(kind: str, account: Account, provider: AWSProvider) -> None:
    iam, role = account.client("iam"), _role(provider)
    if kind == "attached":
        iam.attach_role_policy(RoleName=role.id, PolicyArn=account.ids["boundary"])
    else:
        iam.put_role_policy(RoleName=role.id, PolicyName="work", PolicyDocument=allow("s3:GetObject"))
    with pytest.raises(ProviderError, match="DeleteConflict"):
        role.delete()
    name = role.seen()["name"]
    role.update({"name": name, "assumeRolePolicy": trust("ec2.amazonaws.com"), "forceDetachPolicies": True})
    role.delete()
    assert role.refresh() == ""


def test_a_role_in_a_profile_cannot_be_deleted_past_the_provider(account: Account, provider: AWSProvider) -> None:
    iam, role = account.client("iam"), _role(provider)
    iam.create_instance_profile(InstanceProfileName=role.id)
    iam.add_role_to_instance_profile(InstanceProfileName=role.id, RoleName=role.id)
    assert _code(iam.delete_role, RoleName=role.id) == "DeleteConflict"
    role.delete()
    assert iam.get_instance_profile(InstanceProfileName=role.id)["InstanceProfile"]["Roles"] == []
    iam.delete_instance_profile(InstanceProfileName=role.id)


def test_a_profile_takes_one_role(account: Account, provider: AWSProvider) -> None:
    iam, role = account.client("iam"), _role(provider)
    iam.create_instance_profile(InstanceProfileName=role.id)
    iam.add_role_to_instance_profile(InstanceProfileName=role.id, RoleName=role.id)
    second = _code(iam.add_role_to_instance_profile, InstanceProfileName=role.id, RoleName=account.ids["role"])
    assert second == "LimitExceeded"
    role.delete()
    iam.delete_instance_profile(InstanceProfileName=role.id)


def test_a_policy_in_use_cannot_be_deleted(account: Account, provider: AWSProvider) -> None:
    iam = account.client("iam")
    policy = Subject(provider, "aws:iam/policy:Policy")
    policy.create({"name": fresh_name(), "policy": allow("s3:GetObject")})
    role = _role(provider, permissionsBoundary=policy.id)
    assert _code(iam.delete_policy, PolicyArn=policy.id) == "DeleteConflict"
    role.delete()
    policy.delete()
    assert policy.refresh() == ""


def test_a_boundary_that_does_not_exist_is_refused(provider: AWSProvider) -> None:
    with pytest.raises(ProviderError, match="NoSuchEntity"):
        _role(provider, permissionsBoundary="arn:aws:iam::000012345678:policy/none")


def test_a_boundary_taken_away_by_hand_is_seen_and_mended(account: Account, provider: AWSProvider) -> None:
    boundary = account.ids["boundary"]
    role = _role(provider, permissionsBoundary=boundary)
    wanted = {
        "name": role.id,
        "assumeRolePolicy": trust("ec2.amazonaws.com"),
        "permissionsBoundary": boundary,
    }
    account.client("iam").delete_role_permissions_boundary(RoleName=role.id)
    role.refresh()
    assert role.changed(wanted) == {"permissionsBoundary"}
    role.update(wanted)
    found = account.client("iam").get_role(RoleName=role.id)["Role"]
    assert found["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    role.delete()


def test_the_same_policy_in_other_words_is_no_change(provider: AWSProvider) -> None:
    role = _role(provider)
    name = role.seen()["name"]
    same = trust("ec2.amazonaws.com").replace('["ec2.amazonaws.com"]', '"ec2.amazonaws.com"').replace(" ", "")
    assert not role.diff({"name": name, "assumeRolePolicy": same}).changes
    assert role.changed({"name": name, "assumeRolePolicy": trust("backup.amazonaws.com")}) == {"assumeRolePolicy"}
    role.delete()


def test_a_policy_that_is_none_is_malformed(provider: AWSProvider) -> None:
    with pytest.raises(ProviderError, match="MalformedPolicyDocument"):
        Subject(provider, ROLE).create({"name": fresh_name(), "assumeRolePolicy": "{"})


def test_more_versions_of_a_policy_than_are_kept(account: Account, provider: AWSProvider) -> None:
    policy = Subject(provider, "aws:iam/policy:Policy")
    name = fresh_name()
    policy.create({"name": name, "policy": allow("s3:GetObject")})
    for number in range(7):
        policy.update({"name": name, "policy": allow(f"s3:GetObject{number}")})
    versions = account.client("iam").list_policy_versions(PolicyArn=policy.id)["Versions"]
    assert len(versions) == 5
    policy.delete()
