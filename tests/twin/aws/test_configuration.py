"""The provider talks to the twin's clouds only, and says what is wrong with its settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from providers.logic import ProviderError
from tests.twin.aws.account import ACCOUNT, KEY, REGION, Account, Known
from tests.twin.aws.case import Subject, fresh_name
from twin.aws.provider import AWSProvider
from twin.framework.values import UNKNOWN, plain_map
from twin.packages import PACKAGES

pytestmark = pytest.mark.api


def _provider(account: Account) -> AWSProvider:
    return AWSProvider(Known((account.server,)))


def test_right_settings_lead_to_the_account(account: Account) -> None:
    provider = _provider(account)
    settings = account.settings(version="7.51.0", skipMetadataApiCheck="true", s3UsePathStyle="true")
    assert not provider.check_config(settings).failures
    provider.configure(settings)
    assert (provider.world().account, provider.world().region) == (ACCOUNT, REGION)
    assert PACKAGES["aws"].server(settings) == account.server


@pytest.mark.parametrize("endpoint", ["https://192.0.2.7", "http://127.0.0.1:1", "https://kms.eu-west-3.amazonaws.com"])
def test_an_endpoint_that_is_not_the_twins_is_refused_unseen(endpoint: str, account: Account) -> None:
    endpoints = json.dumps([{"sts": f"http://{account.server}", "kms": endpoint}])
    with pytest.raises(ProviderError, match="is not a cloud of the twin"):
        _provider(account).configure(account.settings(endpoints=endpoints))


def test_a_vcenter_is_no_cloud(account: Account) -> None:
    provider = AWSProvider(Known((account.server,), cloud="vsphere"))
    with pytest.raises(ProviderError, match="is not a cloud of the twin"):
        provider.configure(account.settings())


def test_another_account_than_the_one_named_is_refused(account: Account) -> None:
    with pytest.raises(ProviderError, match=f"AWS account ID not allowed: {ACCOUNT}"):
        _provider(account).configure(account.settings(allowedAccountIds=json.dumps(["123456789012"])))


@pytest.mark.parametrize("name", ["accessKey", "secretKey"])
def test_wrong_keys_are_told_and_never_shown(name: str, account: Account) -> None:
    with pytest.raises(ProviderError, match="refuses the provider") as failure:
        _provider(account).configure(account.settings(**{name: "nonsense"}))
    assert "nonsense" not in str(failure.value)


def test_the_environment_and_the_home_directory_count_for_nothing(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nregion = us-east-1\nendpoint_url = https://192.0.2.7\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable, value in {"AWS_ENDPOINT_URL": "https://192.0.2.7", "AWS_PROFILE": "x", "AWS_REGION": "a"}.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.8:3128")
    provider = _provider(account)
    failures = provider.check_config({}).failures
    assert {failure.property for failure in failures} == {"region", "accessKey", "secretKey", "endpoints"}
    provider.configure(account.settings())
    assert provider.world().client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(("name", "reason"), [("profile", "does not exercise it"), ("reigon", "does not exist")])
def test_other_settings_are_refused_by_name(name: str, reason: str, account: Account) -> None:
    failures = _provider(account).check_config(account.settings(**{name: "1"})).failures
    assert [failure.property for failure in failures] == [name]
    assert reason in failures[0].reason


def test_an_unknown_key_previews_and_does_nothing_else(account: Account) -> None:
    provider = _provider(account)
    provider.configure(account.settings(secretKey=UNKNOWN))
    subject = Subject(provider, "aws:kms/key:Key")
    inputs = subject.check({"description": "later"})
    assert plain_map(provider.create(subject.urn, subject.token, inputs, True, 0).properties)["arn"] is UNKNOWN
    with pytest.raises(ProviderError, match="not known yet"):
        provider.create(subject.urn, subject.token, inputs, False, 0)


def test_a_service_without_an_endpoint_is_never_called(account: Account) -> None:
    endpoints = json.dumps([{"sts": f"http://{account.server}"}])
    provider = account.provider(endpoints=endpoints)
    subject = Subject(provider, "aws:kms/key:Key")
    with pytest.raises(ProviderError, match="no endpoint for kms"):
        subject.create({})


def test_default_tags_are_on_everything_and_a_resource_may_say_otherwise(account: Account) -> None:
    subject = Subject(account.provider(), "aws:iam/role:Role")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    values: dict[str, Any] = {"name": fresh_name(), "assumeRolePolicy": json.dumps(trust)}
    subject.create({**values, "tags": {"Name": "a", "metropole:stack": "another"}})
    assert subject.seen()["tags"] == {"Name": "a", "metropole:stack": "another"}
    assert subject.seen()["tagsAll"] == {
        "Name": "a",
        "metropole:stack": "another",
        "metropole:territory": "test",
    }
    account.client("iam").untag_role(RoleName=subject.id, TagKeys=["metropole:territory"])
    subject.refresh()
    assert subject.changed({**values, "tags": {"Name": "a", "metropole:stack": "another"}}) == {"tagsAll"}
    subject.delete()


def test_nobody_without_the_worlds_key_is_let_in(account: Account) -> None:
    for service, call in (
        ("s3", "list_buckets"),
        ("iam", "list_roles"),
        ("ec2", "describe_vpcs"),
        ("kms", "list_keys"),
    ):
        for key, secret in (("AKIAOTHER", "other"), (KEY, "other")):
            stranger = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=f"http://{account.server}",
                aws_access_key_id=key,
                aws_secret_access_key=secret,
            )
            with pytest.raises(ClientError) as refused:
                getattr(stranger, call)()
            assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
            code = refused.value.response["Error"]["Code"]
            assert code in ("InvalidAccessKeyId", "InvalidClientTokenId", "SignatureDoesNotMatch")


@pytest.mark.parametrize("path", ["/", "/moto-api/reset", "/latest/meta-data/iam/security-credentials/"])
def test_no_door_stands_open(path: str, account: Account) -> None:
    assert requests.post(f"http://{account.server}{path}", timeout=10).status_code in (403, 404)


def test_secrets_stay_out_of_what_is_shown(account: Account) -> None:
    session = account.provider().world()
    assert "secret/of" not in repr(session)
