"""One Checkov for all tests that need it: starting it takes longer than all it is asked."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from operations.checkov.session import CheckovSession
from operations.errors import MachineError


@pytest.fixture(scope="session")
def session() -> Generator[CheckovSession]:
    """Checkov's process; in CI, where it can be installed, a test without it fails."""
    try:
        started = CheckovSession(lambda _text: None).__enter__()
    except MachineError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"Checkov cannot be installed here: {error.message}")
    try:
        yield started
    finally:
        started.__exit__(None, None, None)
