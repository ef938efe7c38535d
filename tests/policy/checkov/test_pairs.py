"""Checkov's verdict on our adapted plan is its verdict on Terraform's own plan of the same intent."""

from __future__ import annotations

import pytest

from operations.checkov.session import CheckovSession
from tests.policy.checkov.pairs import adapted, by_hand, verdicts

pytestmark = pytest.mark.checkov


def test_every_verdict_is_the_same(session: CheckovSession) -> None:
    ours, theirs = adapted(), by_hand()
    said_of_ours = verdicts(ours, session.scan(ours, {}))
    said_of_theirs = verdicts(theirs, session.scan(theirs, {}))
    assert said_of_ours == said_of_theirs
    checks = {check for check, _ in said_of_ours}
    assert len({item.type.name for item in ours.sent.values()}) >= 30
    assert len(checks) >= 60
    assert len([check for check in checks if check.startswith("CKV2_")]) >= 5
    assert {"pass", "fail"} <= set(said_of_ours.values())
