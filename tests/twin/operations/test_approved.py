"""`up --approved` on an engine: what was reviewed goes in, once, and nothing when the state has moved since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.twin.operations.metro import CHECKOUT, Metro

pytestmark = pytest.mark.api

PART = ("-t", "sandbox", "--only", "account")


def test_an_approval_is_good_for_one_state(metro: Metro, tmp_path: Path) -> None:
    here, approval = f"{CHECKOUT}/", str(tmp_path / "approval.json")
    digest = metro.succeed("review", "--base", here, "--head", here, "-t", "sandbox").json["digest"]
    metro.succeed("approve", "-t", "sandbox", "--reviewed", digest, "-o", approval)

    assert metro.succeed("up", *PART, "--approved", approval).json["changes"] > 0
    held = metro.deployed("sandbox-account")["resources"]
    moved = metro.run("up", *PART, "--approved", approval)

    assert moved.code == 1
    assert "the state is not the approved one; nothing was changed" in moved.stderr
    assert "sandbox-account" in moved.stderr
    assert metro.deployed("sandbox-account")["resources"] == held


def test_an_approval_of_another_plan_changes_nothing(metro: Metro, tmp_path: Path) -> None:
    approval = tmp_path / "approval.json"
    refused = metro.run("approve", "-t", "sandbox", "--reviewed", "0" * 64, "-o", str(approval))
    assert (refused.code, approval.exists()) == (1, False)
    assert "the plan digest differs" in refused.stderr

    approval.write_text(json.dumps({"territory": "sandbox"}))
    answer = metro.run("up", *PART, "--approved", str(approval))
    assert answer.code == 2
    assert "is no approval" in answer.stderr
    assert not metro.project.state_file("sandbox-account").exists()
