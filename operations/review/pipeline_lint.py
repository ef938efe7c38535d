"""A lint of pipeline files: what would let the code of a pull request act with more than a stranger's rights.

GitHub workflows and GitLab pipelines are read as data; a file that cannot be read is a finding itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, cast

from planning.plan import Model
from territory.yaml_source import Node, SourceError, read_yaml

GITHUB: Final = re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$|(?:^|/)pipelines/github/[^/]+\.ya?ml$")
GITLAB: Final = re.compile(r"(?:^|/)\.gitlab-ci\.ya?ml$|(?:^|/)pipelines/gitlab/[^/]+\.ya?ml$")

PRIVILEGED: Final = frozenset({"pull_request_target", "workflow_run", "issue_comment"})
"""Events whose jobs get the repository's secrets although a stranger can cause them."""
UNTRUSTED: Final = PRIVILEGED | {"pull_request"}

_HEAD: Final = re.compile(
    r"pull_request\s*\.\s*head|pull_request\s*\[\s*['\"]head|head_ref|workflow_run\s*\.\s*head_|refs/pull/|"
    r"\bpull/\$|gh\s+pr\s+checkout|GITHUB_HEAD_REF",
    re.IGNORECASE,
)
_SECRET: Final = re.compile(r"\$\{\{[^}]*\bsecrets\b(?!\s*\.\s*GITHUB_TOKEN\b)", re.IGNORECASE)
_INTERPOLATED: Final = re.compile(
    r"\$\{\{[^}]*(?:github\s*\.\s*head_ref|github\s*\.\s*event\s*\.(?!\s*(?:pull_request\s*\.\s*)?(?:number|action|base\s*"
    r"\.\s*sha|head\s*\.\s*sha|repository\s*\.\s*\w*id)\b)|toJSON\s*\(\s*github)[^}]*\}\}",
    re.IGNORECASE,
)
_PINNED: Final = re.compile(r"@[0-9a-f]{40}$|^docker://.*@sha256:[0-9a-f]{64}$|^\./")
_GITLAB_TEXT: Final = re.compile(r"(?:eval|sh -c|bash -c)[^\n]*CI_(?:MERGE_REQUEST_(?:TITLE|DESCRIPTION)|COMMIT_\w+)")


class Level(StrEnum):
    """How bad."""

    ERROR = "error"
    WARNING = "warning"


class PipelineFinding(Model):
    """One thing wrong with a pipeline file."""

    rule: str
    level: Level
    file: str
    line: int
    message: str
    remedy: str


def is_pipeline(path: str) -> bool:
    """Whether a file is one this lint reads."""
    return bool(GITHUB.search(path) or GITLAB.search(path))


def lint(path: str, text: str) -> tuple[PipelineFinding, ...]:
    """Everything wrong with one file."""
    try:
        root, faults = read_yaml(text.encode(errors="surrogateescape"))
    except SourceError as error:
        return (_unreadable(path, error.fault.line or 1, error.fault.message),)
    found = [_unreadable(path, fault.line or 1, fault.message) for fault in faults]
    if not isinstance(root.value, dict):
        return (*found, _unreadable(path, 1, "it is no mapping"))
    found += _github(path, root) if GITHUB.search(path) else _gitlab(path, root)
    return tuple(found)


def _unreadable(path: str, line: int, message: str) -> PipelineFinding:
    return PipelineFinding(
        rule="PIPELINE-000", level=Level.ERROR, file=path, line=line, message=f"cannot be judged: {message}",
        remedy="write it as plain YAML without anchors, each key once",
    )  # fmt: skip


def _github(path: str, root: Node) -> Iterator[PipelineFinding]:
    def finding(rule: str, level: Level, node: Node, message: str, remedy: str) -> PipelineFinding:
        return PipelineFinding(rule=rule, level=level, file=path, line=node.line, message=message, remedy=remedy)

    events = _events(root)
    untrusted, privileged = events & UNTRUSTED, events & PRIVILEGED
    if untrusted and "permissions" not in _members(root):
        yield finding(
            "PIPELINE-003", Level.ERROR, root, "does not say what its token may do: the repository's default counts",
            "permissions: {contents: read} at the top",
        )  # fmt: skip
    for scope, node in _permissions(root):
        if "pull_request" in events and node.value not in ("read", "none", "read-all", {}):
            yield finding(
                "PIPELINE-003", Level.ERROR, node, f"code of a pull request runs with {scope}: {node.value}",
                "leave it read-only; post results from a workflow_run job that runs nothing of the pull request",
            )  # fmt: skip
    for node, key in _scalars(root):
        text = str(node.value)
        if privileged and _HEAD.search(text) and key in ("ref", "run", "repository"):
            yield finding(
                "PIPELINE-001", Level.ERROR, node,
                f"{', '.join(sorted(privileged))} fetches a pull request's head: a stranger's code beside our secrets",
                "review the head in a pull_request job without secrets, and only read its artifact here",
            )  # fmt: skip
        if "pull_request" in events and _SECRET.search(text):
            yield finding(
                "PIPELINE-002", Level.ERROR, node, "a secret is given to a job that runs code of a pull request",
                "take it away; what needs it belongs into a job of its own after the merge or on workflow_run",
            )  # fmt: skip
        if untrusted and key in ("run", "script") and _INTERPOLATED.search(text):
            yield finding(
                "PIPELINE-004", Level.ERROR, node, "text of a pull request is pasted into a script",
                "hand it over in env: and quote the variable",
            )  # fmt: skip
        if key == "uses" and not _PINNED.search(text):
            yield finding(
                "PIPELINE-005", Level.WARNING, node, f"{text} can become something else tomorrow",
                "name the full commit, the version in a comment behind it",
            )  # fmt: skip
    yield from _kept_credentials(path, root, bool(untrusted))


def _kept_credentials(path: str, root: Node, untrusted: bool) -> Iterator[PipelineFinding]:
    for job in _members(_members(root).get("jobs", root)).values():
        steps = _members(job).get("steps")
        for step in steps.value if steps and isinstance(steps.value, list) else []:
            uses = _members(step).get("uses")
            given = _members(step).get("with")
            kept = _members(given).get("persist-credentials") if given else None
            if untrusted and uses and str(uses.value).startswith("actions/checkout@") and (
                kept is None or str(kept.value).lower() != "false"
            ):  # fmt: skip
                yield PipelineFinding(
                    rule="PIPELINE-006", level=Level.WARNING, file=path, line=uses.line,
                    message="the checkout leaves the job's token where code of a pull request finds it",
                    remedy="with: {persist-credentials: false}",
                )  # fmt: skip


def _gitlab(path: str, root: Node) -> Iterator[PipelineFinding]:
    for name, job in _members(root).items():
        entries = _members(job)
        text = str(job.plain())
        merge_request = "merge_request_event" in text or "CI_MERGE_REQUEST" in text
        for key in ("secrets", "id_tokens", "environment"):
            if merge_request and key in entries:
                yield PipelineFinding(
                    rule="PIPELINE-002", level=Level.ERROR, file=path, line=entries[key].line,
                    message=f"job {name} runs code of a merge request and has {key}",
                    remedy=f"take {key} away, or keep the job to protected branches",
                )  # fmt: skip
        for node, key in _scalars(job):
            if key in ("script", "before_script", "after_script") and _GITLAB_TEXT.search(str(node.value)):
                yield PipelineFinding(
                    rule="PIPELINE-004", level=Level.ERROR, file=path, line=node.line,
                    message="text of a merge request is run as a script", remedy="quote the variable and never eval it",
                )  # fmt: skip


def _events(root: Node) -> frozenset[str]:
    on = _members(root).get("on")
    if on is None:
        return frozenset()
    plain: Any = on.plain()
    if isinstance(plain, str):
        return frozenset({plain})
    return frozenset(map(str, cast("list[Any] | dict[str, Any]", plain or [])))


def _permissions(root: Node) -> Iterator[tuple[str, Node]]:
    holders = [root, *_members(_members(root)["jobs"]).values()] if "jobs" in _members(root) else [root]
    for holder in holders:
        permissions = _members(holder).get("permissions")
        if permissions is not None:
            if not isinstance(permissions.value, dict):
                yield "permissions", permissions
            yield from _members(permissions).items()


def _members(node: Node) -> Mapping[str, Node]:
    return cast("Mapping[str, Node]", node.value) if isinstance(node.value, dict) else {}


def _scalars(node: Node, key: str = "") -> Iterator[tuple[Node, str]]:
    if isinstance(node.value, dict):
        for name, inner in _members(node).items():
            yield from _scalars(inner, name)
    elif isinstance(node.value, list):
        for inner in node.value:
            yield from _scalars(inner, key)
    else:
        yield node, key
