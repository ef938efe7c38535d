"""The policies our own components write, as the rules see them once every name in them is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components.cloud.bucket_policies import locked_bucket_policy, trail_delivery
from components.cloud.key_policies import Purpose, purpose_policy, trail_policy
from components.cloud.policy_documents import Document, to_json
from components.cloud.role_policies import backup_worker, boundary, log_writer
from components.edge.policies import queue_policy
from policies import resource_types as types
from policies.answers import Answer
from policies.catalogue import all_rules
from policies.judge import ask
from policies.rule import ResourceRule

from .cases import Case, CaseResource

REGION, ACCOUNT = "eu-west-3", "111122223333"
BUCKET, KEY = "arn:aws:s3:::town-backup", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/town"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/town/*"

FAMILIES = ("CRYPTO-", "IAM-")
"""Those that read policies; how a thing is protected is no matter of its policy."""

DOCUMENTS: dict[str, tuple[str, Callable[[], Document]]] = {
    "a locked bucket": (types.BUCKET_POLICY, lambda: locked_bucket_policy(BUCKET, KEY)),
    "the trail's bucket": (
        types.BUCKET_POLICY,
        lambda: locked_bucket_policy(BUCKET, KEY, trail_delivery(BUCKET, ACCOUNT, TRAIL)),
    ),
    "a queue": (types.QUEUE_POLICY, lambda: queue_policy(f"arn:aws:sqs:{REGION}:{ACCOUNT}:events", ACCOUNT)),
    "the trail's key": (types.KMS_KEY, lambda: trail_policy(REGION, ACCOUNT, TRAIL, LOGS)),
    "the boundary": (types.IAM_POLICY, lambda: boundary(REGION, ACCOUNT)),
    "a writer of logs": (types.ROLE_POLICY, lambda: log_writer(LOGS)),
    "who makes backups": (types.ROLE_POLICY, lambda: backup_worker("vault", REGION, ACCOUNT)),
} | {
    f"the key for {purpose}": (types.KMS_KEY, lambda purpose=purpose: purpose_policy(purpose, REGION, ACCOUNT, LOGS))
    for purpose in Purpose
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_rule_on_policies_finds_anything_in_it(name: str) -> None:
    type_, document = DOCUMENTS[name]
    case = Case(
        name=name,
        answer=Answer.PASS,
        resources=(CaseResource(type=type_, inputs={"enableKeyRotation": True, "policy": to_json(document())}),),
    )
    judged = [
        ask(rule, case.subject())
        for rule in all_rules()
        if isinstance(rule, ResourceRule) and type_ in rule.types and rule.id.startswith(FAMILIES)
    ]
    assert judged
    assert all(each.answer is Answer.PASS for each in judged), [each.findings for each in judged]
