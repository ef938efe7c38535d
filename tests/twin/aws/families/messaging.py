"""Topics, queues and tables."""

from __future__ import annotations

from typing import Any

from tests.twin.aws.account import Account
from tests.twin.aws.case import Case


def given(account: Account) -> dict[str, Any]:
    sns, sqs = account.client("sns"), account.client("sqs")
    ids: dict[str, Any] = {}
    for prefix in ("", "other "):
        name = f"given-{prefix.strip() or 'one'}"
        ids[f"{prefix}topic"] = sns.create_topic(Name=name)["TopicArn"]
        ids[f"{prefix}queue"] = sqs.create_queue(QueueName=name)["QueueUrl"]
    return ids


CASES: dict[str, Case] = {}
