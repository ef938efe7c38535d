"""The toy provider, new for every test."""

from __future__ import annotations

import pytest

from tests.unit.framework.toy import ToyProvider


@pytest.fixture
def toy() -> ToyProvider:
    return ToyProvider()
