"""Clients of an empty simulated account in this process, with the extensions of some services.

Every block has an account of its own number: moto is only emptied when the last block in the process ends.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.config import DefaultConfig

from twin.aws.server.extension import extend

REGION = "eu-west-3"
# Clients bring keys of their own: the environment is left as it is.
_OWN_KEYS: DefaultConfig = {"core": {"mock_credentials": False}}

_extend_once = cache(extend)
_numbers = itertools.count(100)


@dataclass(frozen=True)
class Clients:
    """Service to client, of one account."""

    account: str

    def __call__(self, service: str) -> Any:
        return _client(self.account, service)


@contextmanager
def simulated(*services: str) -> Generator[Clients]:
    """An account that nobody used before."""
    for service in services:
        _extend_once(service)
    with mock_aws(config=_OWN_KEYS):
        yield Clients(f"{next(_numbers):012d}")


@cache
def _client(account: str, service: str) -> Any:
    client = boto3.client(service, region_name=REGION, aws_access_key_id="key", aws_secret_access_key="secret")

    def sign_in(params: dict[str, Any], **_others: Any) -> None:
        params["headers"]["x-moto-account-id"] = account

    client.meta.events.register("before-call", sign_in)
    return client


def refusal(action: Callable[[], Any]) -> tuple[str, str]:
    """Code and message that an operation is refused with."""
    with pytest.raises(ClientError) as refused:
        action()
    error = refused.value.response["Error"]
    return str(error["Code"]), str(error["Message"])


def role(clients: Clients, name: str, service: str) -> str:
    """A role that a service may take."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return str(clients("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"])
