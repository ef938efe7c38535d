"""A bucket whose objects nobody can delete before their time, encrypted by a key of the territory's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.bucket_policies import locked_bucket_policy
from components.cloud.place import CloudPlace
from components.cloud.policy_documents import Statement, to_json


@dataclass(frozen=True)
class LockedBucketArgs:
    """What a `LockedBucket` is made of."""

    place: CloudPlace
    """Where it is."""
    what: str
    """What is in it: a part of its name. Example: `backup`."""
    key_arn: pulumi.Input[str]
    """The key it is encrypted with. Example: `arn:aws:kms:eu-west-3:…:key/…`."""
    locked_days: int
    """From its writing an object version cannot be deleted for so many days."""
    allowed: Sequence[Statement] = ()
    """What a service of the provider may do there, beside what the account's roles say."""


class LockedBucket(pulumi.ComponentResource):
    """Versions, object lock, encryption, TLS only, nothing public, no ACLs."""

    bucket_name: pulumi.Output[str]
    """Known only once everything that guards the bucket stands."""
    arn: pulumi.Output[str]
    """Example: `arn:aws:s3:::bordeaux-cloud-paris-backup-123456789012`."""

    def __init__(self, name: str, args: LockedBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:LockedBucket", name, {}, opts)
        place, retention = args.place, args.place.retention
        child = place.options(self)
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket=place.bucket_name(args.what),
            object_lock_enabled=True,
            force_destroy=retention.force_destroy,
            tags={"Name": f"{name}-bucket"},
            opts=place.options(self, holds_state=True),
        )
        ownership = aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.id,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=child,
        )
        block = aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        encryption = aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.id,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                        sse_algorithm="aws:kms", kms_master_key_id=args.key_arn
                    ),
                    bucket_key_enabled=True,
                )
            ],
            opts=child,
        )
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=child,
        )
        versioned = place.options(self, after=[versioning])
        lock = aws.s3.BucketObjectLockConfiguration(
            f"{name}-lock",
            bucket=bucket.id,
            rule=aws.s3.BucketObjectLockConfigurationRuleArgs(
                default_retention=aws.s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
                    mode=retention.lock_mode, days=args.locked_days
                )
            ),
            opts=versioned,
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.id,
            rules=[
                aws.s3.BucketLifecycleConfigurationRuleArgs(
                    id="replaced-versions",
                    status="Enabled",
                    filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=args.locked_days
                    ),
                    abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=1
                    ),
                )
            ],
            opts=versioned,
        )
        policy = aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.id,
            policy=pulumi.Output.all(bucket.arn, args.key_arn).apply(
                lambda arns: to_json(locked_bucket_policy(arns[0], arns[1], args.allowed))
            ),
            # One call at a time may change who has access to a bucket.
            opts=place.options(self, after=[ownership, block]),
        )
        guards: list[pulumi.Output[str]] = [policy.id, lock.id, encryption.id]
        self.bucket_name = pulumi.Output.all(bucket.id, *guards).apply(lambda ids: ids[0])
        self.arn = bucket.arn
        self.register_outputs({"bucketName": self.bucket_name, "arn": self.arn})
