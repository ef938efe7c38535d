"""Where in the cloud something is made: the region, its provider, the account, and how long things are kept there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.retention import Retention
from territory import naming
from territory.model import CloudRegion, Territory


@dataclass(frozen=True)
class CloudPlace:
    """What every part of a territory's cloud in one region is told."""

    provider: aws.Provider
    """The region's own."""
    territory: Territory
    """The whole it is part of."""
    region: CloudRegion
    """Which of the territory's cloud regions this is."""
    account_id: str
    """The account the provider works in. Example: `123456789012`."""
    retention: Retention
    """How long things are kept and how hard they are to delete."""

    def options(
        self, parent: pulumi.Resource, *, holds_state: bool = False, after: Sequence[pulumi.Resource] = ()
    ) -> pulumi.ResourceOptions:
        """The options of a child; what `holds_state` is protected where the retention says so."""
        return pulumi.ResourceOptions(
            parent=parent,
            provider=self.provider,
            protect=(holds_state and self.retention.protect) or None,
            depends_on=list(after) or None,
        )

    def name(self, what: str) -> str:
        """What has one namespace for the whole account. Example: `bordeaux-cloud-paris-backup`."""
        return naming.cloud_name(self.territory, self.region, what)

    def bucket_name(self, what: str) -> str:
        """Example: `bordeaux-cloud-paris-backup-123456789012`."""
        return naming.bucket_name(self.territory, self.region, what, self.account_id)

    def log_group(self, what: str) -> str:
        """Example: `/metropole/bordeaux/cloud-paris/flows`."""
        return f"/metropole/{self.territory.name}/{self.region.id}/{what}"

    def arn(self, service: str, resource: str) -> str:
        """The name of something in this region and account. Example: `arn("logs", "log-group:/metropole/*")`."""
        return f"arn:aws:{service}:{self.region.provider_region}:{self.account_id}:{resource}"
