"""Reports and findings for tests that are not about judging."""

from __future__ import annotations

from policies.answers import Answer, Severity
from policies.report import Finding, Report

URN = "urn:pulumi:bordeaux-hub::metropole::aws:ec2/securityGroup:SecurityGroup::supplier-1"


def finding(
    rule: str = "NET-001", subject: str = URN, answer: Answer = Answer.FAIL, *, crashed: bool = False
) -> Finding:
    return Finding(
        rule=rule,
        title="No door is open",
        severity=Severity.HIGH,
        answer=answer,
        subject=subject,
        message="lets everybody in",
        remediation="Close it.",
        crashed=crashed,
    )


def report(*findings: Finding) -> Report:
    return Report(door="plan", rules=3, resources=5, pairs=9, passed=9 - len(findings), findings=findings)
