"""Digests and approvals: what changes them, what does not, and what they say moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from operations.errors import AnswerNo, InputError
from operations.review.approval import Approval, read_approval, write_approval
from operations.review.digests import Digest, state_digest

RESOURCE: dict[str, Any] = {
    "urn": "urn:a",
    "type": "t",
    "outputs": {"created": "by the program"},
    "created": "2026-01-01",
}
STATE: dict[str, Any] = {"manifest": {"time": "1"}, "resources": [RESOURCE, {"urn": "urn:b"}]}


def approval() -> Approval:
    plan = Digest.of({"plan of sandbox-network": "1", "rules": "2"})
    return Approval(territory="sandbox", tier="api", plan=plan, state=state_digest({"sandbox-network": STATE}))


def test_times_and_order_do_not_count_in_a_state() -> None:
    later = {
        "manifest": {"time": "2"},
        "resources": [{"urn": "urn:b"}, {**RESOURCE, "created": "2027", "modified": "2"}],
    }
    assert state_digest({"s": STATE}) == state_digest({"s": later})


def test_what_a_program_calls_created_counts() -> None:
    other = {**STATE, "resources": [{**RESOURCE, "outputs": {"created": "otherwise"}}, {"urn": "urn:b"}]}
    assert state_digest({"s": STATE}).moved(state_digest({"s": other})) == ("resources of s differs",)


def test_pending_operations_count_without_their_times() -> None:
    pending = {**STATE, "pending_operations": [{"type": "creating", "resource": {"urn": "urn:c", "modified": "1"}}]}
    later = {**STATE, "pending_operations": [{"type": "creating", "resource": {"urn": "urn:c", "modified": "2"}}]}
    assert state_digest({"s": pending}) == state_digest({"s": later})
    assert state_digest({"s": STATE}).moved(state_digest({"s": pending})) == ("pending operations of s differs",)


def test_a_stack_that_was_never_deployed_is_an_empty_one() -> None:
    assert state_digest({"s": None}) == state_digest({"s": {"resources": []}})
    assert state_digest({"s": None}) != state_digest({"s": STATE})


def test_an_approval_survives_its_file(tmp_path: Path) -> None:
    file = tmp_path / "approval.json"
    write_approval(approval(), file)
    assert read_approval(file) == approval()


def test_an_approval_changed_by_hand_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "approval.json"
    write_approval(approval(), file)
    file.write_text(file.read_text().replace('"rules": "2"', '"rules": "3"'))
    with pytest.raises(InputError, match="does not hold together"):
        read_approval(file)
    file.write_text("{")
    with pytest.raises(InputError, match="is no approval"):
        read_approval(file)
    with pytest.raises(InputError, match="cannot be read"):
        read_approval(tmp_path / "none.json")


def test_what_moved_is_named() -> None:
    found = Digest.of({"plan of sandbox-network": "1", "rules": "3", "plan of sandbox-edge": "4"})
    with pytest.raises(AnswerNo) as refusal:
        approval().check_plan(found)
    assert refusal.value.message == (
        "the plan is not the approved one; nothing was changed:\n  plan of sandbox-edge is new\n  rules differs"
    )
    approval().check_plan(approval().plan)


def test_a_state_that_moved_is_refused() -> None:
    approval().check_state(["sandbox-network"], lambda _: STATE)
    with pytest.raises(AnswerNo, match="resources of sandbox-network differs"):
        approval().check_state(["sandbox-network"], lambda _: None)


def test_another_territory_or_tier_is_refused() -> None:
    approval().check_target("sandbox", "api")
    with pytest.raises(InputError, match="'sandbox', this run would change 'bordeaux'"):
        approval().check_target("bordeaux", "api")
    with pytest.raises(InputError, match="'api', this run would change 'real'"):
        approval().check_target("sandbox", "real")
