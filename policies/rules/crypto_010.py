"""CRYPTO-010: a key's policy says who may use it."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.policy_documents import Statement, each_statement
from policies.resource_types import EXTERNAL_KEY, KMS_KEY, KMS_KEY_POLICY, REPLICA_KEY
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look for statements that let everybody in; a key without a policy gets one that names its account."""
    yield from each_statement([resource["policy"]], _judge)


def _judge(statement: Statement) -> Outcomes:
    if statement.open_to_everybody:
        yield Problem("lets everybody use or manage the key", statement.node.path)


RULE = ResourceRule(
    id="CRYPTO-010",
    title="No key is open to everybody",
    severity=Severity.CRITICAL,
    types=(KMS_KEY, KMS_KEY_POLICY, REPLICA_KEY, EXTERNAL_KEY),
    rationale="A key that every account may use protects nothing, and one it may manage can be deleted.",
    remediation='Name accounts, roles or services under Principal, or add a condition on kms:CallerAccount to "*".',
    check=check,
)
