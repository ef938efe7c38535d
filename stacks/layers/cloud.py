"""The layer `cloud`: the public half of the platform, in each of the territory's cloud regions."""

from __future__ import annotations

from components.cloud.existing import ExistingCloud
from components.cloud.hybrid_cloud import HybridCloud, HybridCloudArgs
from components.cloud.place import CloudPlace
from stacks.cloud_outputs import CloudOutputs
from stacks.clouds import cloud_providers
from stacks.settings import Settings
from territory.model import Territory


def deploy(territory: Territory, settings: Settings) -> CloudOutputs:
    """Declare the hybrid cloud of every region; it needs nothing of the datacenters but what the territory says."""
    providers = cloud_providers(territory, settings)
    return CloudOutputs(
        {
            region.id: HybridCloud(
                region.id,
                HybridCloudArgs(
                    place=CloudPlace(
                        provider=providers[region.id],
                        territory=territory,
                        region=region,
                        account_id=settings.cloud(region).account_id,
                        retention=settings.retention,
                    ),
                    authorized_keys=settings.authorized_keys,
                    existing=settings.existing_clouds.get(region.id, ExistingCloud()),
                ),
            ).site
            for region in territory.cloud_regions
        }
    )
