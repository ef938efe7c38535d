"""EDGE-006: a certificate opens the line for its own gateway only."""

from __future__ import annotations

from functools import partial
from typing import Final

from policies.answers import Outcomes, Problem, Severity, all_of
from policies.policy_documents import Statement, each_statement, some
from policies.resource_types import IOT_POLICY
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

ATTACHED: Final = "iot:connection.thing.isattached"


def check(resource: Resource) -> Outcomes:
    """Look for the condition on every right to connect."""
    yield from each_statement([resource["policy"]], _judge)


def _judge(statement: Statement) -> Outcomes:
    if all_of(
        lambda: statement.allows,
        lambda: statement.gives("iot:Connect"),
        lambda: not some(_asked(statement), _only_true),
    ):
        yield Problem("lets a certificate connect as a thing it does not belong to", statement.node.path)


def _asked(statement: Statement) -> list[Node]:
    keys = statement.node["Condition"]["Bool"].entries
    return [values for key, values in keys.items() if key.lower() == ATTACHED]


def _only_true(values: Node) -> bool:
    return all_of(*(partial(Node.truth, value) for value in values.items))


RULE = ResourceRule(
    id="EDGE-006",
    title="Certificates connect the thing they are attached to",
    severity=Severity.HIGH,
    types=(IOT_POLICY,),
    rationale="A thing's name is whatever a client calls itself: without the condition any certificate may use any.",
    remediation="Add the condition Bool iot:Connection.Thing.IsAttached true to the statement with iot:Connect.",
    check=check,
)
