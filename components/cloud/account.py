"""What a cloud account has once: who did what is written down, what looks wrong is told, nothing becomes public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cloud.access import PermissionsBoundary, PermissionsBoundaryArgs
from components.cloud.bucket_policies import trail_delivery
from components.cloud.key_policies import trail_policy
from components.cloud.keys import CloudKey, CloudKeyArgs
from components.cloud.locked_bucket import LockedBucket, LockedBucketArgs
from components.cloud.place import CloudPlace
from components.cloud.policy_documents import service_trust
from components.cloud.role_policies import log_writer
from components.cloud.service_role import ServiceRole, ServiceRoleArgs


@dataclass(frozen=True)
class AccountArgs:
    """What an `Account` is made of."""

    home: CloudPlace
    """The region of the account its trail is kept in."""
    providers: Mapping[str, aws.Provider]
    """Every cloud region the territory has in this account, the home region too, to its provider."""
    watched_buckets: Sequence[str] = ()
    """Names of buckets of which every reading and writing is written down, whether they exist yet or not."""


class Account(pulumi.ComponentResource):
    """Trail, threat detection in every region, and the account-wide refusal of public buckets."""

    trail_arn: pulumi.Output[str]
    """Example: `arn:aws:cloudtrail:eu-west-3:123456789012:trail/bordeaux-cloud-paris-trail`."""
    detector_ids: Mapping[str, pulumi.Output[str]]
    """Cloud region to its detector."""

    def __init__(self, name: str, args: AccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:Account", name, {}, opts)
        self._name = name
        self._args = args
        self._place = args.home
        aws.s3.AccountPublicAccessBlock(
            f"{name}-public-access",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._place.options(self),
        )
        self.detector_ids = {
            region: aws.guardduty.Detector(
                f"{name}-detector-{region}",
                enable=True,
                finding_publishing_frequency="FIFTEEN_MINUTES",
                tags={"Name": f"{name}-detector-{region}"},
                opts=pulumi.ResourceOptions(parent=self, provider=provider),
            ).id
            for region, provider in args.providers.items()
        }
        self.trail_arn = self._trail()
        self.register_outputs({"trailArn": self.trail_arn, "detectorIds": self.detector_ids})

    def _trail(self) -> pulumi.Output[str]:
        name, place = self._name, self._place
        child = pulumi.ResourceOptions(parent=self)
        trail_arn = place.arn("cloudtrail", f"trail/{place.name('trail')}")
        log_group_arn = place.arn("logs", f"log-group:{place.log_group('trail')}")
        policy = trail_policy(place.region.provider_region, place.account_id, trail_arn, log_group_arn)
        key_arn = CloudKey(f"{name}-trail-key", CloudKeyArgs(place, "trail", policy), child).arn
        bucket = LockedBucket(
            f"{name}-trail-bucket",
            LockedBucketArgs(
                place,
                "trail",
                key_arn,
                place.retention.trail_days,
                trail_delivery(f"arn:aws:s3:::{place.bucket_name('trail')}", place.account_id, trail_arn),
            ),
            child,
        )
        log_group = aws.cloudwatch.LogGroup(
            f"{name}-trail-logs",
            name=place.log_group("trail"),
            kms_key_id=key_arn,
            retention_in_days=place.retention.log_days,
            tags={"Name": f"{name}-trail-logs"},
            opts=place.options(self, holds_state=True),
        )
        boundary = PermissionsBoundary(f"{name}-boundary", PermissionsBoundaryArgs(place, "account-boundary"), child)
        role = ServiceRole(
            f"{name}-trail-delivery",
            ServiceRoleArgs(
                place=place,
                what="trail",
                trust=service_trust("cloudtrail.amazonaws.com"),
                may=log_writer(log_group_arn),
                boundary_arn=boundary.arn,
            ),
            child,
        )
        return aws.cloudtrail.Trail(
            f"{name}-trail",
            name=place.name("trail"),
            s3_bucket_name=bucket.bucket_name,
            kms_key_id=key_arn,
            cloud_watch_logs_group_arn=log_group.arn.apply(lambda arn: f"{arn}:*"),
            cloud_watch_logs_role_arn=role.arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            event_selectors=[
                aws.cloudtrail.TrailEventSelectorArgs(
                    read_write_type="All",
                    include_management_events=True,
                    data_resources=[
                        aws.cloudtrail.TrailEventSelectorDataResourceArgs(
                            type="AWS::S3::Object",
                            values=[f"arn:aws:s3:::{watched}/" for watched in self._args.watched_buckets],
                        )
                    ]
                    if self._args.watched_buckets
                    else None,
                )
            ],
            tags={"Name": f"{name}-trail"},
            opts=place.options(self, holds_state=True),
        ).arn
