"""Small plans and reviews for these tests."""

from __future__ import annotations

from typing import Any

from operations.review.changes import Change, changes_between, counts
from operations.review.guardrails import GuardrailFinding, Weight
from operations.review.reach import Reaches
from operations.review.review import Review, gate_view, sentence, verdict_of
from planning.difference import difference
from planning.plan import Plan, PlannedResource, Source, StackPlan
from policies.answers import Answer, Severity
from policies.report import Finding, Report
from territory.model import Territory

STACK = "sandbox-services"
VM = "vsphere:index/virtualMachine:VirtualMachine"
FOLDER = "vsphere:index/folder:Folder"
BUCKET = "aws:s3/bucket:Bucket"
HOSTILE = '<script>alert(1)</script>|`x`](javascript:alert(1))\x1b[31m\u202e@everyone #1 *bold* \n# head &amp; "q"\''


def urn(name: str, type_: str = VM) -> str:
    return f"urn:pulumi:{STACK}::metropole::{type_}::{name}"


def resource(name: str, type_: str = VM, inputs: dict[str, Any] | None = None, **facts: Any) -> PlannedResource:
    facts.setdefault("source", Source(file="components/guest.py", line=12))
    return PlannedResource(urn=urn(name, type_), type=type_, name=name, custom=True, inputs=inputs or {}, **facts)


def plan(*resources: PlannedResource, key: str = "k") -> Plan:
    ordered = tuple(sorted(resources, key=lambda each: each.urn))
    stack = StackPlan(name=STACK, layer="services", resources=ordered)
    return Plan(schema_version=1, territory="sandbox", fingerprint_key=key, stacks=(stack,))


def changes(before: Plan, after: Plan, territory: Territory | None = None) -> list[Change]:
    found = difference(before, after)
    return changes_between(found, before, after, Reaches(territory, before), Reaches(territory, after))


def finding(subject: str = "urn:x", message: str = "is open", severity: Severity = Severity.HIGH) -> Finding:
    return Finding(
        rule="NET-001",
        title="Closed",
        severity=severity,
        answer=Answer.FAIL,
        subject=subject,
        message=message,
        file="components/guest.py",
        line=12,
        remediation="close it",
    )


def report(*findings: Finding) -> Report:
    return Report(door="plan", rules=3, resources=9, pairs=27, passed=20, findings=findings)


def review(
    made: list[Change], head: Report | None = None, base: Report | None = None, hostile: str = "", **facts: Any
) -> Review:
    gate = gate_view(head or report(), base)
    told: tuple[GuardrailFinding, ...] = facts.pop("guardrails", ())
    if hostile:
        told = (GuardrailFinding(weight=Weight.WEAKER, rule="REVIEW-RULE-REMOVED", message=hostile, file=hostile),)
    whole: dict[str, Any] = {
        "digest": "d" * 64,
        "digest_parts": {},
        "verdict": verdict_of(gate, told),
        "summary": sentence(tuple(made), gate, told, 1),
        "territory": hostile or "sandbox",
        "base": hostile or "main",
        "head": hostile or "change",
        "environment": "rehearsal",
        "rules_from": "Rules of main.",
        "counts": counts(made),
        "changes": tuple(made),
        "moves": (),
        "outputs": {},
        "guardrails": told,
        "gate": gate,
        "communes": {"33063": hostile or "Bordeaux"},
        "services": {},
        "secrets_compared": True,
        "notes": (hostile,) if hostile else (),
        "seconds": {},
    }
    return Review(**{**whole, **facts})
