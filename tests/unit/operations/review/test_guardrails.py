"""Revisions read from git, and what they change about the judging."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from operations.errors import InputError
from operations.review.child import Outcome, RuleFacts
from operations.review.guardrails import Weight, guardrail_findings
from operations.review.repository import Repository
from tests.unit.operations.review.made import finding, report

BASE = {
    "policies/waivers.yaml": "waivers: []\n",
    "policies/rules/net_001.py": "RULE = 1\n",
    "policies/checkov/severities.yaml": "checks:\n  CKV_AWS_1: high\n  CKV_AWS_2: low\n",
    "requirements.lock": "a==1\n",
    "stacks/app.py": "x = 1\n",
}


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    write(folder, BASE)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "base")
    return folder


@pytest.fixture
def repository(checkout: Path, tmp_path: Path) -> Repository:
    (tmp_path / "scratch").mkdir()
    return Repository(checkout, tmp_path / "scratch")


def outcome(*rules: RuleFacts, failing: bool = False) -> Outcome:
    return Outcome(rules=rules, report=report(finding("urn:x")) if failing else report())


def rule(id_: str = "NET-001", severity: str = "high", types: tuple[str, ...] = ("t",)) -> RuleFacts:
    return RuleFacts(id=id_, title="Closed", severity=severity, scope="resource", types=types)


def found(
    checkout: Path, repository: Repository, files: dict[str, str], by_base: Outcome, by_head: Outcome | None
) -> dict[str, tuple[Weight, str]]:
    write(checkout, files)
    base, head = repository.resolve("main"), repository.working_tree(checkout, "here")
    return {
        each.rule: (each.weight, each.message) for each in guardrail_findings(repository, base, head, by_base, by_head)
    }


def test_nothing_changed_is_nothing_found(checkout: Path, repository: Repository) -> None:
    assert found(checkout, repository, {}, outcome(rule()), None) == {}


def test_a_rule_that_is_gone_or_weaker_is_found(checkout: Path, repository: Repository) -> None:
    (checkout / "policies/rules/net_001.py").unlink()
    by_base = outcome(rule("NET-001"), rule("NET-002"), rule("NET-003", types=("a", "b")), failing=True)
    by_head = outcome(rule("NET-002", severity="low"), rule("NET-003", types=("a",)))
    told = found(checkout, repository, {}, by_base, by_head)
    assert told["REVIEW-RULE-REMOVED"] == (Weight.WEAKER, "rule NET-001 is removed: Closed")
    assert told["REVIEW-RULE-SEVERITY"] == (Weight.WEAKER, "rule NET-002 sinks from high to low")
    assert told["REVIEW-RULE-SCOPE"] == (Weight.WEAKER, "rule NET-003 no longer looks at b")
    assert told["REVIEW-FINDING-SILENCED"][0] is Weight.WEAKER
    assert told["REVIEW-RULE-CHANGED"] == (Weight.CHANGED, "policies/rules/net_001.py is removed")


def test_rules_that_do_not_run_are_found(checkout: Path, repository: Repository) -> None:
    told = found(checkout, repository, {}, outcome(rule()), Outcome(error="SyntaxError: no"))
    assert told == {"REVIEW-RULES-BROKEN": (Weight.WEAKER, "the head's own rules do not run: SyntaxError: no")}


def test_an_added_or_unreadable_waiver_is_found(checkout: Path, repository: Repository) -> None:
    waiver = "waivers:\n  - {rule: NET-001, subject: 'urn:*', expires: 2027-01-01}\n"
    told = found(checkout, repository, {"policies/waivers.yaml": waiver}, outcome(), None)
    assert told == {"REVIEW-WAIVER-ADDED": (Weight.WEAKER, "NET-001 is waived for urn:* until 2027-01-01")}
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nwaivers: *b\n"
    told = found(checkout, repository, {"policies/waivers.yaml": bomb}, outcome(), None)
    assert told == {"REVIEW-WAIVERS-UNREADABLE": (Weight.WEAKER, "the waivers cannot be read")}


def test_a_lowered_severity_in_a_map_is_found(checkout: Path, repository: Repository) -> None:
    lowered = {"policies/checkov/severities.yaml": "checks:\n  CKV_AWS_1: medium\n  CKV_AWS_2: high\n"}
    told = found(checkout, repository, lowered, outcome(), None)
    message = "policies/checkov/severities.yaml: checks.CKV_AWS_1 sinks from high to medium"
    assert told["REVIEW-SEVERITY-LOWERED"] == (Weight.WEAKER, message)


def test_lock_tool_and_pipeline_are_told(checkout: Path, repository: Repository) -> None:
    files = {
        "requirements.lock": "a==2\n",
        "operations/review/run.py": "pass\n",
        ".github/workflows/x.yml": (
            "on: pull_request_target\npermissions: {}\njobs:\n  a:\n    steps:\n"
            "      - run: git fetch origin refs/pull/1/head\n"
        ),
    }
    told = found(checkout, repository, files, outcome(), None)
    assert set(told) == {"REVIEW-LOCK-CHANGED", "REVIEW-TOOL-CHANGED", "REVIEW-PIPELINE-CHANGED", "PIPELINE-001"}
    assert told["PIPELINE-001"][0] is Weight.WEAKER


def test_a_working_tree_is_read_without_touching_its_repository(checkout: Path, repository: Repository) -> None:
    clean = repository.working_tree(checkout, "here")
    assert clean.commit is not None
    write(checkout, {"stacks/new.py": "y = 1\n", ".gitignore": "ignored\n", "ignored": "z\n"})
    status = subprocess.run(["git", "status", "--porcelain"], cwd=checkout, capture_output=True, check=True).stdout
    objects = sorted((checkout / ".git/objects").rglob("*"))
    dirty = repository.working_tree(checkout, "here")
    assert dirty.commit is None
    assert {change.path for change in repository.changed(clean, dirty)} == {"stacks/new.py", ".gitignore"}
    assert sorted((checkout / ".git/objects").rglob("*")) == objects
    after = subprocess.run(["git", "status", "--porcelain"], cwd=checkout, capture_output=True, check=True).stdout
    assert after == status


def test_an_export_hides_nothing_and_follows_no_link(checkout: Path, repository: Repository, tmp_path: Path) -> None:
    write(checkout, {".gitattributes": "stacks/app.py export-ignore\n"})
    repository.export(repository.working_tree(checkout, "here"), ["stacks"], tmp_path / "out")
    assert (tmp_path / "out/stacks/app.py").read_text() == "x = 1\n"
    (checkout / "stacks/link").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match="stacks/link of here is a link"):
        repository.export(repository.working_tree(checkout, "here"), ["stacks"], tmp_path / "out2")


@pytest.mark.parametrize("named", ["--upload-pack=x", "no-such-branch", "../nowhere"])
def test_what_is_no_revision_is_refused(repository: Repository, named: str) -> None:
    with pytest.raises(InputError):
        repository.resolve(named)


def test_another_repository_can_be_the_head(checkout: Path, repository: Repository, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(checkout), str(other))
    write(other, {"stacks/app.py": "x = 2\n"})
    head = repository.resolve(f"{other}/")
    assert [change.path for change in repository.changed(repository.resolve("main"), head)] == ["stacks/app.py"]
    assert repository.text(head, "stacks/app.py") == "x = 2\n"
