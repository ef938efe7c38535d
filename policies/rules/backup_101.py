"""BACKUP-101: whatever holds data has an encrypted copy somewhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from policies.answers import Outcomes, Problem, Severity, all_of, any_of, each
from policies.declared import Zones, guests, is_set, network_of, vcenter_provider
from policies.resource_types import (
    BACKUP_PLAN,
    BACKUP_SELECTION,
    BACKUP_VAULT,
    BUCKET,
    BUCKET_ENCRYPTION,
    BUCKET_REPLICATION,
    EBS_VOLUME,
    INSTANCE,
    SUBNET,
    TABLE,
)
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from territory import naming
from territory.model import Placement, Zone

BACKUP_SERVICE = "backup"
"""The declared service whose guests keep copies of what the datacenters hold."""


def check(platform: Platform) -> Outcomes:
    """Cloud stores by what selects, replicates or records them; data guests by where the datacenters' copies go."""
    selections = platform.of(BACKUP_SELECTION)
    yield from each(platform.of(TABLE), partial(_table, selections))
    volumes = [*platform.of(EBS_VOLUME), *(host for host in platform.of(INSTANCE) if _holds_data(platform, host))]
    yield from each(volumes, partial(_volume, selections))
    yield from each(platform.of(BUCKET), partial(_bucket, selections))
    yield from _data_guests(platform)


def _table(selections: list[Resource], table: Resource) -> Outcomes:
    if not any_of(
        lambda: table["pointInTimeRecovery"]["enabled"].truth(default=False), lambda: _is_selected(selections, table)
    ):
        yield Problem("has neither point-in-time recovery nor a backup plan that selects it", subject=table.urn)


def _volume(selections: list[Resource], holder: Resource) -> Outcomes:
    if not _is_selected(selections, holder):
        yield Problem("holds data, and no backup plan selects its tags", "tags", subject=holder.urn)


def _bucket(selections: list[Resource], bucket: Resource) -> Outcomes:
    def is_a_copy() -> bool:
        return bucket["objectLockEnabled"].truth(default=False)

    def is_replicated() -> bool:
        return bool(bucket.stack.pointing_at(bucket, BUCKET_REPLICATION, "bucket", name="bucket"))

    if not any_of(is_a_copy, is_replicated, lambda: _is_selected(selections, bucket)):
        yield Problem(
            "is neither replicated, nor selected by a backup plan, nor itself a locked copy", subject=bucket.urn
        )


def _is_selected(selections: list[Resource], store: Resource) -> bool:
    return any_of(*(partial(_selects, selection, store) for selection in selections))


def _selects(selection: Resource, store: Resource) -> bool:
    def tagged() -> bool:
        return any_of(
            *(
                lambda wanted=wanted: store["tags"][wanted["key"].text()].text() == wanted["value"].text()
                for wanted in selection["selectionTags"].items
            )
        )

    return all_of(tagged, lambda: any_of(*_encrypted_vaults(selection)))


def _encrypted_vaults(selection: Resource) -> Iterator[Callable[[], bool]]:
    stack = selection.stack
    for plan in stack.targets(selection, "planId"):
        if plan.type == BACKUP_PLAN:
            for vault in stack.targets(plan, "rules"):
                if vault.type == BACKUP_VAULT:
                    yield partial(is_set, vault, "kmsKeyArn")


def _holds_data(platform: Platform, host: Resource) -> bool:
    for subnet in host.stack.targets(host, "subnetId"):
        if subnet.type == SUBNET:
            network = network_of(subnet["cidrBlock"])
            return network is not None and Zones(platform.territory).of(network.network_address) is Zone.DATA
    return False


def _data_guests(platform: Platform) -> Outcomes:
    """A datacenter's data guests are copied to a locked, encrypted bucket, or to the backup service of another one."""
    t, standing = platform.territory, set(guests(platform))
    keepers = {
        site
        for service in t.services
        if service.id == BACKUP_SERVICE
        for asset in service.assets
        for site in asset.sites
        if asset.zone is Zone.DATA
    }
    for dc in t.datacenters:
        holding = [
            name
            for service in t.services
            for asset in service.assets
            if asset.zone is Zone.DATA and asset.placement is Placement.PRIVATE
            for name in naming.asset_guest_names(dc, service, asset)
            if (vcenter_provider(dc.id), name) in standing
        ]
        if holding and not keepers - {dc.id} and not any_of(*_locked_buckets(platform)):
            yield Problem(
                f"has {len(holding)} guests with data ({holding[0]}, …), and no locked and encrypted bucket nor a "
                "backup service in another site that their copies could go to",
                subject=f"datacenter {dc.id}",
            )


def _locked_buckets(platform: Platform) -> Iterator[Callable[[], bool]]:
    return (partial(_is_locked, bucket) for bucket in platform.of(BUCKET))


def _is_locked(bucket: Resource) -> bool:
    encryptions = bucket.stack.pointing_at(bucket, BUCKET_ENCRYPTION, "bucket", name="bucket")
    return all_of(
        lambda: bucket["objectLockEnabled"].truth(default=False),
        lambda: any_of(*(partial(_is_encrypted, encryption) for encryption in encryptions)),
    )


def _is_encrypted(encryption: Resource) -> bool:
    return any_of(
        *(
            lambda rule=rule: rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"].text().startswith("aws:kms")
            for rule in encryption["rules"].items
        )
    )


RULE = TerritoryRule(
    id="BACKUP-101",
    title="Every store has an encrypted copy somewhere else",
    severity=Severity.CRITICAL,
    rationale="Ransomware and a wrong command take the data first; without a copy elsewhere nothing brings it back.",
    remediation="Tag the store for the backup plan (metropole:backup: <vault>), switch pointInTimeRecovery on, "
    "replicate the bucket, or plan a BackupStore.",
    check=check,
)
