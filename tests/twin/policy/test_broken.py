"""The breaks are of today's sources: one that has moved on would otherwise be noticed by an engine, minutes later."""

from __future__ import annotations

import pytest

from tests.twin.operations.metro import CHECKOUT
from tests.twin.policy.broken import BREAKS, CRASHING_RULE, LATE_OPEN_SSH, Break


@pytest.mark.parametrize("broken", [*BREAKS, LATE_OPEN_SSH, CRASHING_RULE], ids=lambda broken: broken.name)
def test_what_it_breaks_stands_there(broken: Break) -> None:
    assert broken.before in (CHECKOUT / broken.file).read_text("utf-8")
