"""STATE-009: no option asks for the replacement of what holds state."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, given
from policies.rule import ResourceRule
from policies.stateful_types import STATEFUL, holds_state
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at the options that replace, or delete first, in production."""
    yield from given(lambda: resource.in_production and holds_state(resource), lambda: _judge(resource))


def _judge(resource: Resource) -> Outcomes:
    options = resource.options
    if options.delete_before_replace:
        yield Problem("is deleted before its replacement exists: there is nothing left to copy from")
    if options.replace_on_changes:
        yield Problem(f"is replaced when {', '.join(options.replace_on_changes)} changes")
    if options.replace_with or options.replacement_trigger is not None:
        yield Problem("is replaced when something else changes")


RULE = ResourceRule(
    id="STATE-009",
    title="No option asks for the replacement of what holds state",
    severity=Severity.HIGH,
    types=STATEFUL,
    rationale="Such an option turns an edit the provider would make in place into the loss of what was stored.",
    remediation="Take delete_before_replace, replace_on_changes, replace_with and replacement_trigger off what holds "
    "state.",
    check=check,
)
