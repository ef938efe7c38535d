"""STATE-003: nothing that holds state in production is deleted or replaced."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, given
from policies.rule import ResourceRule
from policies.stateful_types import STATEFUL, holds_state
from policies.subjects import Operation, Resource

LOSES: Final = {
    Operation.DELETE: "is about to be deleted",
    Operation.REPLACE: "is about to be replaced by an empty one",
}


def check(resource: Resource) -> Outcomes:
    """Look at what is about to happen, where somebody compared with what is deployed."""

    def judge() -> Outcomes:
        operation = resource.operation
        if resource.in_production and operation is not None and operation in LOSES:
            yield Problem(LOSES[operation])

    yield from given(lambda: holds_state(resource), judge)


RULE = ResourceRule(
    id="STATE-003",
    title="Nothing that holds state in production is deleted or replaced",
    severity=Severity.CRITICAL,
    types=STATEFUL,
    rationale="A changed name or subnet reads like a small edit and empties a database: the plan says replace, one "
    "word among many.",
    remediation="Undo the change that forces it, or keep the resource by an alias; where it is meant, move the data "
    "first and have a waiver approved.",
    check=check,
)
