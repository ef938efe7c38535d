"""Who may use each encryption key: the account decides by its roles, services only for what is the territory's."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from components.cloud.policy_documents import ANYBODY, Document, Statement, document, statement

_USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")


class Purpose(StrEnum):
    """One key for each: who may read logs need not be able to read backups."""

    BACKUP = "backup"
    """Backups and the bucket they are copied to."""
    LOGS = "logs"
    """Flows, tunnels, hosts."""
    DATA = "data"
    """Disks, queues and tables."""


def purpose_policy(purpose: Purpose, region: str, account_id: str, log_groups: str) -> Document:
    """The policy of a region's key. `region` as the provider names it; `log_groups` is a pattern of ARNs."""
    match purpose:
        case Purpose.LOGS:
            return document(_account(account_id), log_delivery(region, log_groups))
        case Purpose.BACKUP:
            return document(_account(account_id), *_through(region, account_id, ("s3", "backup", "ec2")))
        case Purpose.DATA:
            return document(_account(account_id), *_through(region, account_id, ("ec2", "sqs", "dynamodb")))


def trail_policy(region: str, account_id: str, trail_arn: str, log_group_arn: str) -> Document:
    """The policy of the key that encrypts the account's trail."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    only_this = {"StringEquals": {"aws:SourceArn": trail_arn}}
    return document(
        _account(account_id),
        statement("TrailWrites", ["kms:GenerateDataKey*"], ["*"], principal=service, conditions=only_this),
        statement("TrailLooks", ["kms:DescribeKey"], ["*"], principal=service, conditions=only_this),
        log_delivery(region, log_group_arn),
    )


def log_delivery(region: str, log_groups: str) -> Statement:
    """CloudWatch Logs may encrypt the log groups whose ARN is like `log_groups`, and no others."""
    return statement(
        "LogsOfTheTerritory",
        _USE,
        ["*"],
        principal={"Service": f"logs.{region}.amazonaws.com"},
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
    )


def _account(account_id: str) -> Statement:
    """Without this nobody could mend the policy: the account's own roles say who may use and manage the key."""
    return statement("AccountDecides", ["kms:*"], ["*"], principal={"AWS": f"arn:aws:iam::{account_id}:root"})


def _through(region: str, account_id: str, services: Sequence[str]) -> tuple[Statement, Statement]:
    """Whoever may use these services in the account uses the key through them, and cannot take it elsewhere."""
    within = {
        "kms:CallerAccount": account_id,
        "kms:ViaService": [f"{service}.{region}.amazonaws.com" for service in services],
    }
    return (
        statement("ThroughServices", _USE, ["*"], principal=ANYBODY, conditions={"StringEquals": within}),
        statement(
            "ServicesAttach",
            ["kms:CreateGrant"],
            ["*"],
            principal=ANYBODY,
            conditions={"StringEquals": within, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    )
