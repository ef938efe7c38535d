"""One review of the sandbox from git to the page: a head that moves an asset and weakens a rule."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from operations.paths import CHECKOUT
from operations.review.guardrails import Weight
from operations.review.planned import PROGRAM, RULES, TOOL
from tests.unit.operations.review.test_guardrails import git


@pytest.mark.slow
def test_a_review_of_two_revisions(tmp_path: Path) -> None:
    head = tmp_path / "head"
    head.mkdir()
    copied = (*PROGRAM, RULES, *TOOL, "requirements.lock", ".gitignore")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *copied],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (CHECKOUT / name).is_file():
            (head / name).parent.mkdir(parents=True, exist_ok=True)
            (head / name).write_bytes((CHECKOUT / name).read_bytes())
    git(head, "init", "-q")
    services = head / "stacks/territories/sandbox/services.yaml"
    services.write_text(services.read_text().replace("zone: dmz, sites: [lac]", "zone: dmz, sites: [pessac]"))
    rule = head / "policies/rules/net_001.py"
    rule.write_text(rule.read_text().replace("Severity.CRITICAL", "Severity.LOW"))
    done = subprocess.run(
        [
            str(CHECKOUT / "metro"),
            *("review", "--base", f"{CHECKOUT}/", "--head", f"{head}/", "-t", "sandbox"),
            *("--format", "md,html,sarif,json", "-o", str(tmp_path / "out")),
        ],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "METROPOLE_STATE": str(tmp_path / "state")},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    review = json.loads((tmp_path / "out/review.json").read_text())
    assert len(review["digest"]) == 64
    assert {each["rule"] for each in review["guardrails"] if each["weight"] == Weight.WEAKER} == {
        "REVIEW-RULE-SEVERITY"
    }
    assert review["moves"][0] | {"service": "civil-registry"} == review["moves"][0]
    assert review["counts"]["delete"] == review["counts"]["create"] > 0
    assert review["changes"][0]["action"] == "delete"
    assert review["changes"][0]["touches"]["services"] == ["civil-registry"]
    assert review["gate"]["new"] == []
    assert (tmp_path / "out/review.md").read_text().startswith("## ")
    assert json.loads((tmp_path / "out/review.sarif").read_text())["version"] == "2.1.0"
    assert "<svg" in (tmp_path / "out/review.html").read_text()
