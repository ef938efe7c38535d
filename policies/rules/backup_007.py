"""BACKUP-007: backups are kept for a month."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import BACKUP_PLAN
from policies.rule import ResourceRule
from policies.subjects import Resource
from policies.values import Node

FLOOR_DAYS: Final = 30


def check(resource: Resource) -> Outcomes:
    """Look at each rule of a plan, in production alone; without an end, backups are kept for ever."""
    if resource.in_production:
        yield from each(resource["rules"].items, lambda rule: _judge(rule["lifecycle"]["deleteAfter"]))


def _judge(days: Node) -> Outcomes:
    if days.number(FLOOR_DAYS) < FLOOR_DAYS:
        yield Problem(f"keeps backups {days.text()} days, less than {FLOOR_DAYS}", days.path)


RULE = ResourceRule(
    id="BACKUP-007",
    title="Backups are kept for a month or more in production",
    severity=Severity.HIGH,
    types=(BACKUP_PLAN,),
    rationale="Intruders wait for the backups without them to be gone; mistakes are noticed at the end of a month.",
    remediation="Set lifecycle.deleteAfter of every rule to 30 or more.",
    check=check,
)
