"""STATE-001: what holds state is protected in production."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, given
from policies.rule import ResourceRule
from policies.stateful_types import STATEFUL, holds_state
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the option that makes Pulumi refuse a deletion."""

    def judge() -> Outcomes:
        if resource.in_production and not resource.options.protect:
            yield Problem("is deleted by whoever takes its line out of the program, without a question")

    yield from given(lambda: holds_state(resource), judge)


RULE = ResourceRule(
    id="STATE-001",
    title="What holds state is protected in production",
    severity=Severity.HIGH,
    types=STATEFUL,
    rationale="A renamed variable or a wrong stack is enough for Pulumi to delete a database it thinks nobody wants.",
    remediation="Set the resource option protect=True in production; to delete on purpose, run pulumi state unprotect.",
    check=check,
)
