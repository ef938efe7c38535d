"""CRYPTO-012: the policy of a bucket refuses what comes in the clear."""

from __future__ import annotations

from functools import partial

from policies.answers import Outcomes, Problem, Severity, all_of, any_of
from policies.policy_documents import Statement, matches, some, statements
from policies.resource_types import BUCKET, BUCKET_POLICY, BUCKET_V2
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node


def check(resource: Resource) -> Outcomes:
    """Look for one statement that refuses every request without TLS, for objects at least."""
    policy = resource["policy"]
    if policy.exists and not any_of(*(partial(_refuses, statement) for statement in statements(policy))):
        yield Problem("does not refuse requests without TLS", policy.path)


def _refuses(statement: Statement) -> bool:
    return all_of(
        lambda: not statement.allows,
        lambda: statement.names_everybody,
        lambda: some(statement.actions, lambda action: action.text().lower() in ("*", "s3:*")),
        lambda: some(statement.resources, lambda resource: resource.text().endswith("*")),
        lambda: any_of(*(partial(_in_the_clear, key, value) for key, value in _booleans(statement))),
    )


def _booleans(statement: Statement) -> list[tuple[str, Node]]:
    conditions = statement.node["Condition"].entries
    return [
        (key, value)
        for operator, keys in conditions.items()
        if matches("Bool*", operator) and len(conditions) == 1
        for key, value in keys.entries.items()
        if len(keys.entries) == 1
    ]


def _in_the_clear(key: str, value: Node) -> bool:
    return key.lower() == "aws:securetransport" and some(value.items, lambda node: not node.truth())


RULE = ResourceRule(
    id="CRYPTO-012",
    title="Buckets refuse requests without TLS",
    severity=Severity.HIGH,
    types=(BUCKET, BUCKET_V2, BUCKET_POLICY),
    rationale="Whoever listens on the way reads or changes what is fetched and stored over plain HTTP.",
    remediation='Add a statement: Deny, Principal "*", Action "s3:*", on the bucket and its objects, with '
    "the condition Bool aws:SecureTransport false.",
    check=check,
)
