"""One simulated account for all these tests, in this process: an empty one costs a second."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from tests.twin.aws.extension.account import account


@pytest.fixture(scope="package")
def cloud() -> Generator[Any]:
    """An EC2 client."""
    with account() as client:
        yield client
