"""What a locked bucket refuses to everybody, and what the trail's lets CloudTrail do."""

from __future__ import annotations

from collections.abc import Sequence

from components.cloud.policy_documents import ANYBODY, Document, Statement, document, statement


def locked_bucket_policy(bucket_arn: str, key_arn: str, allowed: Sequence[Statement] = ()) -> Document:
    """Only over TLS 1.2 or newer, and nothing written under another key than the bucket's own."""
    everything = [bucket_arn, f"{bucket_arn}/*"]
    return document(
        statement(
            "OnlyOverTls",
            ["s3:*"],
            everything,
            effect="Deny",
            principal=ANYBODY,
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        ),
        statement(
            "OnlyModernTls",
            ["s3:*"],
            everything,
            effect="Deny",
            principal=ANYBODY,
            conditions={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        ),
        statement(
            "OnlyItsOwnKey",
            ["s3:PutObject"],
            [f"{bucket_arn}/*"],
            effect="Deny",
            principal=ANYBODY,
            conditions={"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": key_arn}},
        ),
        *allowed,
    )


def trail_delivery(bucket_arn: str, account_id: str, trail_arn: str) -> tuple[Statement, Statement]:
    """CloudTrail writes this one trail of this one account, and looks whether it may."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    return (
        statement(
            "TrailLooks",
            ["s3:GetBucketAcl"],
            [bucket_arn],
            principal=service,
            conditions={"StringEquals": {"aws:SourceArn": trail_arn}},
        ),
        statement(
            "TrailWrites",
            ["s3:PutObject"],
            [f"{bucket_arn}/AWSLogs/{account_id}/*"],
            principal=service,
            conditions={
                "StringEquals": {"aws:SourceArn": trail_arn, "s3:x-amz-acl": "bucket-owner-full-control"},
            },
        ),
    )
