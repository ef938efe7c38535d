"""What the lint of pipelines refuses, and that what we ship passes it."""

from __future__ import annotations

import pytest

from operations.paths import CHECKOUT
from operations.review.pipeline_lint import is_pipeline, lint

WORKFLOW = ".github/workflows/review.yml"
HEAD = "permissions: {contents: read}\njobs:\n  review:\n    runs-on: x\n    steps:\n"
CHECKOUT_SHA = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"


def rules(text: str, path: str = WORKFLOW) -> list[str]:
    return sorted({each.rule for each in lint(path, text)})


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run", "issue_comment"])
@pytest.mark.parametrize(
    "ref",
    [
        "${{ github.event.pull_request.head.sha }}",
        "${{ github.head_ref }}",
        "refs/pull/${{ github.event.number }}/merge",
        "${{ github.event.workflow_run.head_sha }}",
    ],
)
def test_a_stranger_s_head_beside_secrets_is_refused(event: str, ref: str) -> None:
    step = f"      - uses: {CHECKOUT_SHA}\n        with: {{persist-credentials: false, ref: '{ref}'}}\n"
    found = lint(WORKFLOW, f"on: [{event}]\n{HEAD}{step}")
    assert [each.rule for each in found] == ["PIPELINE-001"]
    assert found[0].line == 8


def test_fetching_the_head_by_hand_is_refused_too() -> None:
    assert "PIPELINE-001" in rules(f"on:\n  pull_request_target:\n{HEAD}      - run: gh pr checkout $N\n")


def test_a_secret_in_a_job_of_a_pull_request_is_refused() -> None:
    step = "      - run: x\n        env: {KEY: '${{ secrets.AWS_KEY }}'}\n"
    assert rules(f"on: pull_request\n{HEAD}{step}") == ["PIPELINE-002"]
    assert rules(f"on: push\n{HEAD}{step}") == []


def test_a_token_that_may_write_is_refused() -> None:
    text = "on: pull_request\npermissions: {contents: write}\njobs: {}\n"
    assert rules(text) == ["PIPELINE-003"]
    assert rules("on: pull_request\njobs: {}\n") == ["PIPELINE-003"]
    assert rules("on: pull_request\npermissions: write-all\njobs: {}\n") == ["PIPELINE-003"]


def test_text_of_a_pull_request_in_a_script_is_refused() -> None:
    step = "      - run: echo ${{ github.event.pull_request.title }}\n"
    assert rules(f"on: pull_request\n{HEAD}{step}") == ["PIPELINE-004"]


def test_what_is_not_pinned_or_leaves_its_token_is_told() -> None:
    assert rules(f"on: pull_request\n{HEAD}      - uses: actions/checkout@v4\n") == ["PIPELINE-005", "PIPELINE-006"]


@pytest.mark.parametrize("text", ["a: &x [1]\nb: *x\n", "on: push\non: pull_request\n", "- a\n", "a: [", ""])
def test_what_cannot_be_read_is_a_finding(text: str) -> None:
    assert "PIPELINE-000" in rules(text)


def test_a_merge_request_with_tokens_is_refused() -> None:
    text = (
        "review:\n  id_tokens: {T: {aud: x}}\n  script: [make]\n"
        "  rules: [{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"'}]\n"
    )
    assert rules(text, ".gitlab-ci.yml") == ["PIPELINE-002"]


def test_what_we_ship_is_clean() -> None:
    shipped = [path for path in (CHECKOUT / "pipelines").rglob("*") if is_pipeline(str(path.relative_to(CHECKOUT)))]
    assert len(shipped) == 4
    for path in shipped:
        assert lint(str(path.relative_to(CHECKOUT)), path.read_text(encoding="utf-8")) == ()
