"""Settings of a bucket beside it, once a later door knows which bucket they name."""

from __future__ import annotations

from typing import Any

import pytest

from planning.plan import PlannedResource, StackPlan
from planning.urns import make_urn
from planning.values import UNKNOWN
from policies.answers import NotKnown
from policies.companions import Companion
from policies.resource_types import BUCKET, BUCKET_VERSIONING
from policies.subjects import Stack

BY_NAME = Companion((BUCKET_VERSIONING,), "bucket", name="bucket")
BY_REFERENCE = Companion((BUCKET_VERSIONING,), "bucket")
STORE = make_urn("case", "metropole", "", BUCKET, "store")
SETTING = make_urn("case", "metropole", "", BUCKET_VERSIONING, "setting")


def _stack(known: dict[str, Any] | None = None, *, external: bool = False) -> Stack:
    store = PlannedResource(urn=STORE, type=BUCKET, name="store", custom=True, inputs={"bucket": "files"})
    setting = PlannedResource(
        urn=SETTING,
        type=BUCKET_VERSIONING,
        name="setting",
        custom=True,
        external=external,
        inputs={"bucket": UNKNOWN},
        property_dependencies={"bucket": (STORE,)} if external else {},
    )
    plan = StackPlan(name="case", layer="case", resources=(store, setting))
    return Stack(plan, inputs={SETTING: known} if known else None)


def _completes(companion: Companion, stack: Stack) -> bool:
    return companion.completes(stack.by_urn[STORE], stack)


def test_what_it_names_is_not_known_yet() -> None:
    with pytest.raises(NotKnown, match="bucket is not known yet"):
        _completes(BY_NAME, _stack())


@pytest.mark.parametrize(("name", "expected"), [("files", True), ("others", False)])
def test_what_it_names_is_known_by_now(name: str, expected: bool) -> None:
    assert _completes(BY_NAME, _stack({"bucket": name})) is expected


def test_a_name_says_nothing_where_only_references_count() -> None:
    assert not _completes(BY_REFERENCE, _stack({"bucket": "files"}))


def test_what_is_read_and_not_managed_completes_nothing() -> None:
    assert not _completes(BY_NAME, _stack(external=True))
