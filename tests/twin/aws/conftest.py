"""One simulated cloud for the whole run, with one of everything in it."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.twin.aws.account import Account, running
from tests.twin.aws.families import prepare
from twin.aws.provider import AWSProvider


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Generator[Account]:
    with running(tmp_path_factory.mktemp("cloud")) as found:
        prepare(found)
        yield found


@pytest.fixture(scope="session")
def provider(account: Account) -> AWSProvider:
    return account.provider()
