"""The layer `account`: what each cloud account of the territory has once."""

from __future__ import annotations

from components.cloud.account import Account, AccountArgs
from components.cloud.place import CloudPlace
from stacks.cloud_outputs import AccountOutputs
from stacks.clouds import cloud_providers
from stacks.settings import Settings
from territory import naming
from territory.model import CloudRegion, Territory


def deploy(territory: Territory, settings: Settings) -> AccountOutputs:
    """Declare the account of every region; regions that share one share its trail, kept in the first of them."""
    providers = cloud_providers(territory, settings)
    regions: dict[str, list[CloudRegion]] = {}
    for region in territory.cloud_regions:
        regions.setdefault(settings.cloud(region).account_id, []).append(region)
    accounts = {
        account_id: Account(
            f"account-{its_regions[0].id}",
            AccountArgs(
                home=CloudPlace(
                    provider=providers[its_regions[0].id],
                    territory=territory,
                    region=its_regions[0],
                    account_id=account_id,
                    retention=settings.retention,
                ),
                providers={region.id: providers[region.id] for region in its_regions},
                watched_buckets=[_backup_bucket(territory, settings, region) for region in its_regions],
            ),
        )
        for account_id, its_regions in regions.items()
    }
    return AccountOutputs(
        trail_arns={
            region.id: accounts[account_id].trail_arn for account_id, found in regions.items() for region in found
        },
        detector_ids={
            region: detector_id for account in accounts.values() for region, detector_id in account.detector_ids.items()
        },
    )


def _backup_bucket(territory: Territory, settings: Settings, region: CloudRegion) -> str:
    existing = settings.existing_clouds.get(region.id)
    made = naming.bucket_name(territory, region, "backup", settings.cloud(region).account_id)
    return existing.backup_bucket or made if existing else made
