"""EDGE-001: a gateway may do what it is there for, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from policies.answers import Outcomes, Problem, Severity, each, given
from policies.policy_documents import Statement, each_statement, is_star
from policies.resource_types import IOT_POLICY
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node


def check(resource: Resource) -> Outcomes:
    """Look for statements that give every action, or any on everything."""
    yield from each_statement([resource["policy"]], lambda statement: given(lambda: statement.allows, _of(statement)))


def _of(statement: Statement) -> Callable[[], Outcomes]:
    return lambda: each((_actions, _resources), lambda look: look(statement))


def _actions(statement: Statement) -> Outcomes:
    yield from each(statement.actions, _action)


def _resources(statement: Statement) -> Outcomes:
    yield from each(statement.resources, _resource)


def _action(action: Node) -> Outcomes:
    if action.text().lower() in ("*", "iot:*"):
        yield Problem(f"allows {action.text()}", action.path)


def _resource(named: Node) -> Outcomes:
    if is_star(named):
        yield Problem("allows it on everything", named.path)


RULE = ResourceRule(
    id="EDGE-001",
    title="Gateways' policies name actions and topics",
    severity=Severity.CRITICAL,
    types=(IOT_POLICY,),
    rationale="One lamp post that is opened with a screwdriver then commands every pumping station.",
    remediation="Name iot:Connect, iot:Publish, iot:Subscribe and iot:Receive, each on its own client or topics.",
    check=check,
)
