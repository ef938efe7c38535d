"""STATE-101: what holds state is protected in production, in every stack of the territory."""

from __future__ import annotations

from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.declared import cloud_provider, provider_name, vcenter_provider
from policies.resource_types import (
    BACKUP_VAULT,
    BUCKET,
    EBS_VOLUME,
    INSTANCE,
    KMS_KEY,
    TABLE,
    TRAIL,
    VSPHERE_CLUSTER,
    VSPHERE_DATACENTER,
    VSPHERE_DISTRIBUTED_SWITCH,
    VSPHERE_HOST,
    VSPHERE_VIRTUAL_MACHINE,
)
from policies.rule import TerritoryRule
from policies.subjects import PRODUCTION, Platform, Resource
from territory import naming
from territory.model import Territory, Zone

HOLDS_STATE: Final = (
    BACKUP_VAULT,
    BUCKET,
    VSPHERE_CLUSTER,
    VSPHERE_DISTRIBUTED_SWITCH,
    EBS_VOLUME,
    VSPHERE_HOST,
    KMS_KEY,
    TABLE,
    TRAIL,
    VSPHERE_DATACENTER,
)


def check(platform: Platform) -> Outcomes:
    """One production stack makes the whole territory one: a stack beside it that says otherwise protects nothing."""
    environments = {stack.environment for stack in platform.stacks}
    if PRODUCTION in environments:
        for stack in platform.stacks:
            if stack.environment not in (PRODUCTION, None):
                yield Problem(
                    f"is in the environment {stack.environment}, beside stacks in production",
                    subject=f"stack {stack.name}",
                )
    for resource in platform.of(*HOLDS_STATE):
        if not _is_kept(resource):
            yield Problem("holds state and is not protected", "options.protect", subject=resource.urn)
    data = _data_guests(platform.territory)

    def judge(guest: Resource) -> Outcomes:
        if not _is_kept(guest) and _name(guest) in data:
            yield Problem("is a guest of the data zone and is not protected", "options.protect", subject=guest.urn)

    yield from each(platform.of(VSPHERE_VIRTUAL_MACHINE, INSTANCE), judge)


def _is_kept(resource: Resource) -> bool:
    return bool(resource.options.protect) or not resource.in_production


def _name(guest: Resource) -> tuple[str, str]:
    name = guest["name"] if guest.type == VSPHERE_VIRTUAL_MACHINE else guest["tags"]["Name"]
    return provider_name(guest), name.text()


def _data_guests(t: Territory) -> frozenset[tuple[str, str]]:
    sites = [(vcenter_provider(dc.id), dc) for dc in t.datacenters]
    regions = [(cloud_provider(region.id), region) for region in t.cloud_regions]
    return frozenset(
        (provider, name)
        for service in t.services
        for asset in service.assets
        if asset.zone is Zone.DATA
        for provider, site in [*sites, *regions]
        for name in naming.asset_guest_names(site, service, asset)
    )


RULE = TerritoryRule(
    id="STATE-101",
    title="What holds state is protected in every production stack",
    severity=Severity.HIGH,
    rationale="One wrong rename replaces a resource; of a switch, a vault or a key nothing is left to replace it with.",
    remediation="Register it with protect=True in production, and give every stack of a territory one environment.",
    check=check,
)
