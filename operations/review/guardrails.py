"""What a revision changes about the judging itself: rules, waivers, severities, the lock, pipelines, the tool.

What judges comes from the base, so none of these changes helps the pull request that brings them. They are told because
they would help the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, cast

from operations.review.child import Outcome, RuleFacts
from operations.review.pipeline_lint import Level, is_pipeline, lint
from operations.review.repository import Repository, Revision
from planning.plan import Model
from policies.answers import Severity
from territory.yaml_source import SourceError, read_yaml

SEVERITIES = tuple(str(severity) for severity in Severity)
WAIVERS = "policies/waivers.yaml"
RULE_FOLDER = "policies/rules/"
TOOL_PLACES = ("planning/", "operations/", "providers/", "twin/", "toolchain/", "metro")
LOCKS = ("requirements.lock", "uv.lock", "pyproject.toml", "go.sum", "go.mod")


class Weight(StrEnum):
    """How much a reviewer should care."""

    WEAKER = "weaker"
    """What is judged less strictly afterwards."""
    CHANGED = "changed"
    """What has to be read, for nobody can tell by itself."""


class GuardrailFinding(Model):
    """One change of what judges."""

    weight: Weight
    rule: str
    """Example: `REVIEW-RULE-REMOVED`."""
    message: str
    file: str | None = None
    line: int | None = None


def guardrail_findings(
    repository: Repository, base: Revision, head: Revision, by_base: Outcome, by_head: Outcome | None
) -> tuple[GuardrailFinding, ...]:
    """Everything the head changes about the judging; `by_head`: its plan judged by its own rules, where they differ."""
    found = [*_files(repository, base, head)]
    found += _waivers(_yaml(repository, base, WAIVERS), _yaml(repository, head, WAIVERS))
    found += _severity_maps(repository, base, head)
    if by_head is not None:
        found += _rules(by_base, by_head)
    found += _pipelines(repository, base, head)
    return tuple(sorted(found, key=lambda each: (each.weight is not Weight.WEAKER, each.rule, each.message)))


def _rules(by_base: Outcome, by_head: Outcome) -> Iterator[GuardrailFinding]:
    if by_head.error is not None:
        yield _weaker("REVIEW-RULES-BROKEN", f"the head's own rules do not run: {by_head.error}")
        return
    new = {rule.id: rule for rule in by_head.rules}
    for rule in by_base.rules:
        if rule.id not in new:
            yield _weaker("REVIEW-RULE-REMOVED", f"rule {rule.id} is removed: {rule.title}", _file_of(rule))
        else:
            yield from _weakened(rule, new[rule.id])
    yield from _silenced(by_base, by_head)


def _weakened(old: RuleFacts, new: RuleFacts) -> Iterator[GuardrailFinding]:
    if _rank(new.severity) > _rank(old.severity):
        yield _weaker(
            "REVIEW-RULE-SEVERITY", f"rule {old.id} sinks from {old.severity} to {new.severity}", _file_of(new)
        )
    if lost := sorted(set(old.types) - set(new.types)):
        yield _weaker("REVIEW-RULE-SCOPE", f"rule {old.id} no longer looks at {', '.join(lost)}", _file_of(new))
    if new.after_apply and not old.after_apply:
        yield _weaker("REVIEW-RULE-LATER", f"rule {old.id} may now wait until after the apply", _file_of(new))


def _silenced(by_base: Outcome, by_head: Outcome) -> Iterator[GuardrailFinding]:
    """What the base's rules find in the head and the head's own rules, with its own waivers, do not."""
    if by_base.report is None or by_head.report is None:
        return
    still = {
        (finding.rule, finding.subject, finding.path) for finding in by_head.report.findings if finding.blocks
    }  # fmt: skip
    for finding in by_base.report.findings:
        if finding.blocks and (finding.rule, finding.subject, finding.path) not in still:
            yield _weaker(
                "REVIEW-FINDING-SILENCED",
                f"{finding.rule} fails for {finding.subject}, and by the head's own rules it would not",
                finding.file,
                finding.line,
            )


def _files(repository: Repository, base: Revision, head: Revision) -> Iterator[GuardrailFinding]:
    for change in repository.changed(base, head):
        path, gone = change.path, change.status == "D"
        verb = {"A": "is new", "D": "is removed"}.get(change.status, "is changed")
        if path.startswith(RULE_FOLDER) and path.endswith(".py"):
            if change.status != "A":
                yield _changed("REVIEW-RULE-CHANGED", f"{path} {verb}", None if gone else path)
        elif path.startswith("policies/") and path != WAIVERS:
            yield _changed("REVIEW-JUDGE-CHANGED", f"{path} {verb}: the gate itself", None if gone else path)
        elif path.rpartition("/")[2] in LOCKS:
            yield _changed("REVIEW-LOCK-CHANGED", f"{path} {verb}: other packages run", None if gone else path)
        elif is_pipeline(path) or path.startswith((".github/", ".gitlab")):
            yield _changed("REVIEW-PIPELINE-CHANGED", f"{path} {verb}: what runs in CI", None if gone else path)
        elif path.startswith(TOOL_PLACES):
            yield _changed(
                "REVIEW-TOOL-CHANGED", f"{path} {verb}: the tool that plans and reviews", None if gone else path
            )


def _waivers(old: Any, new: Any) -> Iterator[GuardrailFinding]:
    before, after = _entries(old), _entries(new)
    if after is None:
        yield _weaker("REVIEW-WAIVERS-UNREADABLE", "the waivers cannot be read", WAIVERS)
        return
    known = [dict(entry) for entry in before or ()]
    for entry in after:
        if dict(entry) not in known:
            rule, subject, until = (str(entry.get(key, "?")) for key in ("rule", "subject", "expires"))
            yield _weaker("REVIEW-WAIVER-ADDED", f"{rule} is waived for {subject} until {until}", WAIVERS)


def _entries(document: Any) -> list[Mapping[str, Any]] | None:
    if document is None:
        return []
    listed: Any = cast("dict[str, Any]", document).get("waivers") if isinstance(document, dict) else document
    if listed is None:
        return []
    if not isinstance(listed, list):
        return None
    entries = cast("list[Any]", listed)
    return cast("list[Mapping[str, Any]]", entries) if all(isinstance(each, dict) for each in entries) else None


def _severity_maps(repository: Repository, base: Revision, head: Revision) -> Iterator[GuardrailFinding]:
    """Every severity written in a YAML file of the gate that sinks or is gone."""
    for change in repository.changed(base, head):
        path = change.path
        if not path.startswith("policies/") or not path.endswith((".yaml", ".yml")) or path == WAIVERS:
            continue
        old = dict(_severities(_yaml(repository, base, path)))
        new = dict(_severities(_yaml(repository, head, path)))
        for key, severity in old.items():
            if key not in new:
                yield _weaker("REVIEW-SEVERITY-LOWERED", f"{path}: {key} was {severity} and is gone", path)
            elif _rank(new[key]) > _rank(severity):
                yield _weaker("REVIEW-SEVERITY-LOWERED", f"{path}: {key} sinks from {severity} to {new[key]}", path)


def _severities(document: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(document, dict):
        for name, inner in cast("dict[str, Any]", document).items():
            yield from _severities(inner, f"{key}.{name}" if key else name)
    elif isinstance(document, str) and document.lower() in SEVERITIES:
        yield key, document.lower()


def _pipelines(repository: Repository, base: Revision, head: Revision) -> Iterator[GuardrailFinding]:
    changed = {change.path for change in repository.changed(base, head) if change.status != "D"}
    for path in sorted(filter(is_pipeline, changed)):
        known = {(each.rule, each.message) for each in lint(path, repository.text(base, path) or "{}")}
        for each in lint(path, repository.text(head, path) or ""):
            if (each.rule, each.message) not in known:
                weight = Weight.WEAKER if each.level is Level.ERROR else Weight.CHANGED
                message = f"{each.message}; {each.remedy}"
                yield GuardrailFinding(weight=weight, rule=each.rule, message=message, file=path, line=each.line)


def _yaml(repository: Repository, revision: Revision, path: str) -> Any:
    """What a file holds; None where there is none, and a word that is no entry where nobody can read it."""
    text = repository.text(revision, path)
    if text is None:
        return None
    try:
        root, faults = read_yaml(text.encode(errors="surrogateescape"))
    except SourceError:
        return {"waivers": "unreadable"}
    return {"waivers": "unreadable"} if faults else root.plain()


def _file_of(rule: RuleFacts) -> str:
    return f"{RULE_FOLDER}{rule.id.lower().replace('-', '_')}.py"


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _weaker(rule: str, message: str, file: str | None = None, line: int | None = None) -> GuardrailFinding:
    return GuardrailFinding(weight=Weight.WEAKER, rule=rule, message=message, file=file, line=line)


def _changed(rule: str, message: str, file: str | None = None) -> GuardrailFinding:
    return GuardrailFinding(weight=Weight.CHANGED, rule=rule, message=message, file=file)
