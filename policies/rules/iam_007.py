"""IAM-007: what is in the cloud says who may use it."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, all_of
from policies.policy_documents import RESOURCE_POLICIES, Statement, each_statement, is_star
from policies.resource_types import LAMBDA_PERMISSION
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look for statements that let everybody in; functions have theirs one by one."""
    if resource.type == LAMBDA_PERMISSION:
        yield from _permission(resource)
    else:
        yield from each_statement([resource[RESOURCE_POLICIES[resource.type]]], _judge)


def _judge(statement: Statement) -> Outcomes:
    if statement.open_to_everybody:
        yield Problem("lets everybody in", statement.node.path)


def _permission(resource: Resource) -> Outcomes:
    if all_of(
        lambda: is_star(resource["principal"]),
        lambda: not resource["principalOrgId"].exists,
        lambda: not resource["sourceAccount"].exists,
        lambda: not resource["sourceArn"].exists,
    ):
        yield Problem("lets everybody in", "principal")


RULE = ResourceRule(
    id="IAM-007",
    title="Nothing in the cloud is open to everybody",
    severity=Severity.CRITICAL,
    types=(*RESOURCE_POLICIES, LAMBDA_PERMISSION),
    rationale="Buckets, queues, secrets and functions answer on the internet; their policies are the only door.",
    remediation='Name accounts, roles or services under Principal, or say in a condition who "*" has to be: '
    "aws:PrincipalAccount, aws:PrincipalOrgID, aws:SourceArn.",
    check=check,
)
