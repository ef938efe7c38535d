"""IAM-002: nobody hands over any role they like."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, all_of
from policies.policy_documents import IDENTITY_POLICIES, Statement, each_statement, identity_documents
from policies.resource_types import ROLE
from policies.rule import ResourceRule
from policies.subjects import Resource

HAND_OVER: Final = "iam:PassRole"


def check(resource: Resource) -> Outcomes:
    """Look for statements that give the right to pass roles, by name or by pattern, whichever role it is."""
    yield from each_statement(identity_documents(resource), _judge)


def _judge(statement: Statement) -> Outcomes:
    if all_of(
        lambda: statement.allows,
        lambda: statement.on_everything,
        lambda: statement.gives(HAND_OVER),
        lambda: not statement.asks_for(lambda key: key == "iam:passedtoservice"),
    ):
        yield Problem("allows passing whatever role to whatever service", statement.node.path)


RULE = ResourceRule(
    id="IAM-002",
    title="Roles are passed by name",
    severity=Severity.HIGH,
    types=(*IDENTITY_POLICIES, ROLE),
    rationale="Who may start a machine with any role is as powerful as the most powerful role there is.",
    remediation="Name the roles under Resource, or at least the service in a condition on iam:PassedToService.",
    check=check,
)
