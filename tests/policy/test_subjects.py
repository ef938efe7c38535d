"""Who refers to whom, whether the engine keeps book of it or a text says so."""

from __future__ import annotations

from typing import Any

import pytest

from planning.values import UNKNOWN
from policies.answers import NotKnown
from policies.subjects import Resource, Stack

from .cases import Case

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"


def stack(*resources: dict[str, Any]) -> Stack:
    return Case.model_validate({"name": "a stack", "answer": "pass", "resources": resources}).stack()


def pointing_at(judged: Stack) -> list[str]:
    target = next(resource for resource in judged.resources if resource.name == "target")
    found: list[Resource] = judged.pointing_at(target, BLOCK, "bucket", name="bucket")
    return [resource.name for resource in found]


def test_what_comes_from_a_resource_points_at_it_whatever_its_value_is() -> None:
    block = {"type": BLOCK, "name": "block", "inputs": {"bucket": UNKNOWN}, "depends": {"bucket": ["target"]}}
    assert pointing_at(stack({"type": BUCKET, "name": "target", "inputs": {"bucket": UNKNOWN}}, block)) == ["block"]


def test_a_text_points_at_what_is_called_so() -> None:
    blocks = [{"type": BLOCK, "name": name, "inputs": {"bucket": name}} for name in ("archive", "another")]
    target = {"type": BUCKET, "name": "target", "inputs": {"bucket": "archive"}}
    assert pointing_at(stack(target, *blocks)) == ["archive"]


def test_a_name_that_the_provider_makes_up_is_in_no_text() -> None:
    block = {"type": BLOCK, "name": "block", "inputs": {"bucket": "archive"}}
    assert pointing_at(stack({"type": BUCKET, "name": "target"}, block)) == []


def test_what_comes_from_another_resource_of_the_kind_points_at_that_one() -> None:
    target = {"type": BUCKET, "name": "target", "inputs": {"bucket": "archive"}}
    other = {"type": BUCKET, "name": "other"}
    block = {"type": BLOCK, "name": "block", "inputs": {"bucket": UNKNOWN}, "depends": {"bucket": ["other"]}}
    assert pointing_at(stack(target, other, block)) == []


@pytest.mark.parametrize(("called", "said"), [("archive", UNKNOWN), (UNKNOWN, "archive")])
def test_a_text_that_is_not_known_may_point_at_anything(called: object, said: object) -> None:
    target = {"type": BUCKET, "name": "target", "inputs": {"bucket": called}}
    with pytest.raises(NotKnown, match="bucket is not known yet"):
        pointing_at(stack(target, {"type": BLOCK, "name": "block", "inputs": {"bucket": said}}))
