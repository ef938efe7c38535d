"""The encryption keys of one cloud region, one for each purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.cloud.key_policies import Purpose, purpose_policy
from components.cloud.place import CloudPlace
from components.cloud.policy_documents import Document, to_json

ROTATION_DAYS = 365


@dataclass(frozen=True)
class CloudKeyArgs:
    """What a `CloudKey` is made of."""

    place: CloudPlace
    """Where it is."""
    what: str
    """What it encrypts: a part of its alias. Example: `backup`."""
    policy: Document
    """Who may use it."""


class CloudKey(pulumi.ComponentResource):
    """A key that turns once a year, and the name people know it by."""

    arn: pulumi.Output[str]
    """Example: `arn:aws:kms:eu-west-3:123456789012:key/…`."""

    def __init__(self, name: str, args: CloudKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:CloudKey", name, {}, opts)
        place = args.place
        key = aws.kms.Key(
            f"{name}-key",
            description=f"{place.territory.title}, {place.region.name}: {args.what}",
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            deletion_window_in_days=place.retention.key_deletion_days,
            policy=to_json(args.policy),
            tags={"Name": f"{name}-key"},
            opts=place.options(self, holds_state=True),
        )
        aws.kms.Alias(
            f"{name}-alias",
            name=f"alias/metropole/{place.name(args.what)}",
            target_key_id=key.key_id,
            opts=place.options(self),
        )
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True)
class CloudKeysArgs:
    """What `CloudKeys` are made of."""

    place: CloudPlace
    """Where they are."""
    existing_arns: Mapping[Purpose, str] = field(default_factory=dict[Purpose, str])
    """Keys that are used and not managed; their policies have to let the same services in."""


class CloudKeys(pulumi.ComponentResource):
    """A key for each purpose."""

    arns: Mapping[Purpose, pulumi.Input[str]]
    """Example: `{Purpose.LOGS: "arn:aws:kms:…"}`."""

    def __init__(self, name: str, args: CloudKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:CloudKeys", name, {}, opts)
        place = args.place
        log_groups = place.arn("logs", f"log-group:{place.log_group('*')}")
        self.arns = {
            purpose: args.existing_arns.get(purpose)
            or CloudKey(
                f"{name}-{purpose.value}",
                CloudKeyArgs(
                    place,
                    purpose.value,
                    purpose_policy(purpose, place.region.provider_region, place.account_id, log_groups),
                ),
                pulumi.ResourceOptions(parent=self),
            ).arn
            for purpose in Purpose
        }
        self.register_outputs({"arns": {purpose.value: arn for purpose, arn in self.arns.items()}})
