"""EDGE-002: a gateway speaks under its own name only."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, all_of, any_of, each, given
from policies.policy_documents import Statement, each_statement
from policies.resource_types import IOT_POLICY
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

ITS_OWN: Final = ("${iot:Connection.Thing.ThingName}", "${iot:Certificate.Subject.CommonName}")
"""What AWS IoT knows of who is connected."""
AS_CONNECTED: Final = "${iot:ClientId}"
"""The name it gave itself when it connected: says something only after the right to connect was judged."""


def check(resource: Resource) -> Outcomes:
    """Look at what it may connect as, and publish on."""
    yield from each_statement([resource["policy"]], _judge)


def _judge(statement: Statement) -> Outcomes:
    def unnamed(named: Node) -> Outcomes:
        if not any(variable in named.text() for variable in ITS_OWN) and not all_of(
            lambda: AS_CONNECTED in named.text(), lambda: not statement.gives("iot:Connect")
        ):
            yield Problem(f"lets it speak as {named.text()}, whoever it is", named.path)

    yield from given(
        lambda: all_of(
            lambda: statement.allows,
            lambda: any_of(lambda: statement.gives("iot:Connect"), lambda: statement.gives("iot:Publish")),
        ),
        lambda: each(statement.resources, unnamed),
    )


RULE = ResourceRule(
    id="EDGE-002",
    title="A gateway connects and publishes under its own name",
    severity=Severity.HIGH,
    types=(IOT_POLICY,),
    rationale="Otherwise one stolen certificate speaks for every gateway, and throws the real ones off the line.",
    remediation="Put ${iot:Connection.Thing.ThingName} into the client and the topics under Resource.",
    check=check,
)
