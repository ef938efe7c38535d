"""A review as SARIF 2.1.0, for viewers that put findings beside the lines they are about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from operations.review.changes import DESTRUCTIVE, Action, Change
from operations.review.guardrails import GuardrailFinding, Weight
from operations.review.inert import plain
from operations.review.review import Review
from policies.answers import Severity
from policies.report import Finding

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS: Final = 5_000
"""GitHub shows no more of a run."""
LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}


def render(review: Review) -> str:
    """The whole log, in one run."""
    results = [
        *(_finding(finding, "new") for finding in review.gate.new),
        *(_guardrail(finding) for finding in review.guardrails),
        *(_change(change) for change in review.changes if change.action in DESTRUCTIVE),
        *(_finding(finding, "unchanged") for finding in review.gate.old),
    ]
    shown = results[:MOST_RESULTS]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "metro review", "rules": _rules(review, {each["ruleId"] for each in shown})}},
        "automationDetails": {"id": f"metro-review/{quote(plain(review.territory))}/"},
        "results": shown,
        "properties": {
            "planDigest": review.digest,
            "results": len(results),
            "leftOut": len(results) - len(shown),
            "changes": review.counts,
        },
    }
    if len(shown) < len(results):
        text = f"{len(results) - len(shown)} of {len(results)} results are left out; the JSON of this review has them"
        notification = {"level": "warning", "message": {"text": text}}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [notification]}]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rules(review: Review, used: Iterable[str]) -> list[dict[str, Any]]:
    known: dict[str, tuple[str, str]] = {
        finding.rule: (finding.title, finding.remediation) for finding in (*review.gate.new, *review.gate.old)
    }
    rules: list[dict[str, Any]] = []
    for rule in sorted(used):
        title, help_ = known.get(rule, (rule.replace("-", " ").capitalize(), "See docs/adr/0024-the-review.md."))
        rules.append({"id": rule, "shortDescription": {"text": plain(title)}, "help": {"text": plain(help_)}})
    return rules


def _finding(finding: Finding, baseline: str) -> dict[str, Any]:
    text = f"{finding.title}: {finding.message} ({finding.subject}). Remedy: {finding.remediation}"
    result = _result(finding.rule, LEVELS[finding.severity], text, finding.file, finding.line)
    result["baselineState"] = baseline
    if finding.waiver:
        why = plain(f"{finding.waiver.reason} ({finding.waiver.ticket})")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return {**result, "partialFingerprints": {"finding/v1": f"{finding.rule} {finding.subject} {finding.path}"}}


def _guardrail(finding: GuardrailFinding) -> dict[str, Any]:
    level = "error" if finding.weight is Weight.WEAKER else "warning"
    return _result(finding.rule, level, finding.message, finding.file, finding.line)


def _change(change: Change) -> dict[str, Any]:
    words = {Action.DELETE: "is deleted", Action.REPLACE: "is replaced", Action.MAY_REPLACE: "may be replaced"}
    protected = ", although it is protected" if change.protected else ""
    text = f"{change.name} ({change.type}) in {change.stack} {words[change.action]}{protected}"
    file, line = (change.source.file, change.source.line) if change.source else (None, None)
    level = "note" if change.action is Action.MAY_REPLACE else "warning"
    return _result(f"REVIEW-{change.action.upper()}", level, text, file, line)


def _result(rule: str, level: str, text: str, file: str | None, line: int | None) -> dict[str, Any]:
    result: dict[str, Any] = {"ruleId": rule, "level": level, "message": {"text": plain(text)}}
    # A path that leads out of the checkout is nobody's line.
    if file and not PurePosixPath(file).is_absolute() and ".." not in PurePosixPath(file).parts:
        place: Mapping[str, Any] = {"artifactLocation": {"uri": quote(file), "uriBaseId": "%SRCROOT%"}}
        region = {"region": {"startLine": max(1, line)}} if line else {}
        result["locations"] = [{"physicalLocation": {**place, **region}}]
    return result
