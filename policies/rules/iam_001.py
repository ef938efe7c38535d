"""IAM-001: no policy allows everything."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, all_of, any_of
from policies.policy_documents import IDENTITY_POLICIES, Statement, each_statement, identity_documents, some
from policies.resource_types import ROLE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look for statements that give every action, or all but some, on every resource."""
    yield from each_statement(identity_documents(resource), _judge)


def _judge(statement: Statement) -> Outcomes:
    if all_of(lambda: statement.allows, lambda: statement.on_everything, lambda: _every_action(statement)):
        yield Problem("allows everything on everything", statement.node.path)


def _every_action(statement: Statement) -> bool:
    return any_of(
        lambda: statement.node["NotAction"].exists,
        lambda: some(statement.actions, lambda action: action.text() in ("*", "*:*")),
    )


RULE = ResourceRule(
    id="IAM-001",
    title="No policy allows everything",
    severity=Severity.CRITICAL,
    types=(*IDENTITY_POLICIES, ROLE),
    rationale="Whoever gets hold of such a role owns the account: its data, its logs, and everybody else's rights.",
    remediation="Name under Action what is needed and under Resource on what; NotAction gives all the rest.",
    check=check,
)
