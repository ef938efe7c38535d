"""BACKUP-002: nobody can delete a backup, or the record of who did what, before its time."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from policies.answers import Outcomes, Problem, Severity, all_of, any_of, given
from policies.companions import Companion
from policies.policy_documents import some
from policies.resource_types import BUCKET, BUCKET_OBJECT_LOCK, BUCKET_OBJECT_LOCK_V2, BUCKET_V2, TRAIL
from policies.rule import StackRule
from policies.subjects import Resource, Stack
from policies.values import Node

KEPT: Final = re.compile(r"(?:^|[^a-z])(?:archive|backup|sauvegarde)s?(?:[^a-z]|$)", re.IGNORECASE)
"""Words in the name of a bucket that is there to be fallen back upon."""
_LOCK: Final = Companion((BUCKET_OBJECT_LOCK, BUCKET_OBJECT_LOCK_V2), "bucket", name="bucket")


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Look at buckets that are called so, and at those a trail writes to."""
    yield from given(lambda: _has_to_last(resource, stack), lambda: _judge(resource, stack))


def _has_to_last(resource: Resource, stack: Stack) -> bool:
    return any_of(
        lambda: KEPT.search(resource.name) is not None,
        lambda: bool(stack.pointing_at(resource, TRAIL, "s3BucketName", name="bucket")),
        lambda: KEPT.search(resource["bucket"].text()) is not None,
    )


def _judge(resource: Resource, stack: Stack) -> Outcomes:
    modes = ("COMPLIANCE",) if resource.in_production else ("COMPLIANCE", "GOVERNANCE")
    if not any_of(
        lambda: _LOCK.completes(resource, stack, lambda lock: _holds(lock["rule"]["defaultRetention"], modes)),
        lambda: some(_inline(resource), lambda retention: _holds(retention, modes)),
    ):
        yield Problem(f"holds what has to last, and locks no object in the mode {' or '.join(modes)}")


def _inline(resource: Resource) -> list[Node]:
    lock = resource["objectLockConfiguration"]
    if resource.type == BUCKET:
        return [lock["rule"]["defaultRetention"]]
    return [retention for rule in lock["rules"].items for retention in rule["defaultRetentions"].items]


def _holds(retention: Node, modes: tuple[str, ...]) -> bool:
    return all_of(
        lambda: retention["mode"].text() in modes,
        partial(any_of, lambda: retention["days"].number() > 0, lambda: retention["years"].number() > 0),
    )


RULE = StackRule(
    id="BACKUP-002",
    title="Backups and trails are locked",
    severity=Severity.HIGH,
    types=(BUCKET, BUCKET_V2),
    rationale="Whoever encrypts a town's data deletes its backups first; in production not even root may be able to.",
    remediation="Set objectLockEnabled, and declare a BucketObjectLockConfiguration with rule.defaultRetention: mode "
    "COMPLIANCE (GOVERNANCE outside production) and days.",
    check=check,
)
