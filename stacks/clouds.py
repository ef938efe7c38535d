"""One explicit provider for each cloud region, which can change no account but the one that was named."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from stacks.settings import Settings
from territory.model import Territory

SERVICES = (
    "backup",
    "cloudtrail",
    "cloudwatch",
    "dynamodb",
    "ec2",
    "guardduty",
    "iam",
    "iot",
    "kms",
    "logs",
    "route53",
    "s3",
    "s3control",
    "sns",
    "sqs",
    "sts",
)
"""Every service of the provider that is used here."""


def cloud_providers(territory: Territory, settings: Settings) -> Mapping[str, aws.Provider]:
    """Cloud region to the provider every one of its resources has to name."""
    providers: dict[str, aws.Provider] = {}
    for region in territory.cloud_regions:
        cloud = settings.cloud(region)
        providers[region.id] = aws.Provider(
            f"cloud-{region.id}",
            region=region.provider_region,
            allowed_account_ids=[cloud.account_id],
            access_key=cloud.key.id if cloud.key else None,
            secret_key=cloud.key.secret if cloud.key else None,
            endpoints=[aws.ProviderEndpointArgs(**dict.fromkeys(SERVICES, cloud.endpoint))] if cloud.endpoint else None,
            # One address for all services has no name for each bucket.
            s3_use_path_style=True if cloud.endpoint else None,
            default_tags=aws.ProviderDefaultTagsArgs(tags=_default_tags(territory, settings)),
        )
    return providers


def _default_tags(territory: Territory, settings: Settings) -> Mapping[str, str]:
    """On everything that can carry tags: whose it is, which stack looks after it, and until when it is needed."""
    tags = {
        "metropole:territory": territory.name,
        "metropole:stack": pulumi.get_stack(),
        "metropole:environment": settings.environment.value,
    }
    return tags | ({"metropole:expires": settings.expires.isoformat()} if settings.expires else {})
