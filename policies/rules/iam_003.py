"""IAM-003: a role says who may take it."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity
from policies.policy_documents import Statement, each_statement
from policies.resource_types import ROLE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look for statements of the trust that let everybody in."""
    yield from each_statement([resource["assumeRolePolicy"]], _judge)


def _judge(statement: Statement) -> Outcomes:
    if statement.open_to_everybody:
        yield Problem("lets everybody take the role", statement.node.path)


RULE = ResourceRule(
    id="IAM-003",
    title="No role is open to everybody",
    severity=Severity.CRITICAL,
    types=(ROLE,),
    rationale="Its name is all that another account needs to know to take it, and names are guessed.",
    remediation="Name the service, the account or the role under Principal of assumeRolePolicy.",
    check=check,
)
