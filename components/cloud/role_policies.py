"""What the roles of the platform may do, and the boundary none of them can ever leave."""

from __future__ import annotations

from components.cloud.policy_documents import Document, document, statement

_WORK = (
    "backup:*",
    "cloudwatch:PutMetricData",
    "dynamodb:*",
    "ec2:*",
    "iot:*",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "logs:*",
    "s3:*",
    "sns:*",
    "sqs:*",
    "tag:GetResources",
)


def boundary(region: str, account_id: str) -> Document:
    """The most a role of the platform can ever be given: the services it works with, in its region and account.

    Never identities, so that no role widens itself, and never what would undo a lock, a key or a record.
    """
    return document(
        statement(
            "WorkInTheRegion",
            _WORK,
            ["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": region}},
        ),
        statement(
            "NeverElsewhere",
            ["*"],
            ["*"],
            effect="Deny",
            conditions={"StringNotEqualsIfExists": {"aws:ResourceAccount": account_id}},
        ),
        statement(
            "NeverIdentities",
            ["iam:*", "organizations:*", "account:*", "sts:AssumeRole"],
            ["*"],
            effect="Deny",
        ),
        statement(
            "NeverLocksKeysAndRecords",
            [
                "backup:DeleteBackupVault*",
                "backup:DeleteRecoveryPoint",
                "backup:PutBackupVaultAccessPolicy",
                "kms:DisableKey",
                "kms:PutKeyPolicy",
                "kms:ScheduleKeyDeletion",
                "logs:DeleteLogGroup",
                "logs:PutRetentionPolicy",
                "s3:BypassGovernanceRetention",
                "s3:DeleteBucket*",
                "s3:PutBucketPolicy",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutBucketVersioning",
            ],
            ["*"],
            effect="Deny",
        ),
    )


def log_writer(log_group_arn: str) -> Document:
    """Writes one log group, and reads nothing."""
    return document(
        statement(
            "WriteOneLogGroup",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [log_group_arn, f"{log_group_arn}:*"],
        )
    )


def backup_worker(vault_arn: str, region: str, account_id: str) -> Document:
    """Copies machines and disks into one vault; restoring is another role's, given on the day it is needed."""
    own = f"arn:aws:ec2:{region}:{account_id}"
    return document(
        statement(
            "Look",
            [
                "ec2:DescribeImages",
                "ec2:DescribeInstanceAttribute",
                "ec2:DescribeInstances",
                "ec2:DescribeSnapshots",
                "ec2:DescribeTags",
                "ec2:DescribeVolumes",
                "tag:GetResources",
            ],
            ["*"],
        ),
        statement(
            "Copy",
            ["ec2:CreateImage", "ec2:CreateSnapshot", "ec2:CreateSnapshots", "ec2:CreateTags"],
            [
                f"{own}:instance/*",
                f"{own}:volume/*",
                f"arn:aws:ec2:{region}::image/*",
                f"arn:aws:ec2:{region}::snapshot/*",
            ],
        ),
        # The same role ends what its time is up for, and only what a backup made.
        statement(
            "Expire",
            ["ec2:DeleteSnapshot", "ec2:DeregisterImage"],
            [f"arn:aws:ec2:{region}::image/*", f"arn:aws:ec2:{region}::snapshot/*"],
            conditions={"Null": {"aws:ResourceTag/aws:backup:source-resource": "false"}},
        ),
        statement("Keep", ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"], [vault_arn]),
        statement(
            "Encrypt",
            ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            [f"arn:aws:kms:{region}:{account_id}:key/*"],
            conditions={"StringEquals": {"kms:ViaService": f"ec2.{region}.amazonaws.com"}},
        ),
    )


def endpoint_policy(account_id: str) -> Document:
    """Through a private endpoint only the account's own roles reach only the account's own things."""
    return document(
        statement(
            "OnlyThisAccount",
            ["*"],
            ["*"],
            principal={"AWS": "*"},
            conditions={"StringEquals": {"aws:PrincipalAccount": account_id, "aws:ResourceAccount": account_id}},
        )
    )
