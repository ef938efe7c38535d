"""What the layers in the cloud hand to others: typed here, plain objects in the stacks' outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.cloud.key_policies import Purpose
from components.cloud.site import CloudSite
from stacks.references import Upstream
from territory import cloud_addressing, naming
from territory.model import CloudRegion, Territory
from territory.topology import public_assets


@dataclass(frozen=True)
class CloudOutputs:
    """What the layer `cloud` leaves behind."""

    sites: Mapping[str, CloudSite]
    """Cloud region to what is built on it."""

    def to_dict(self) -> dict[str, Any]:
        """As the stack's outputs."""
        return {"sites": {region: _to_dict(site) for region, site in self.sites.items()}}

    @classmethod
    def from_upstream(cls, territory: Territory, upstream: Upstream) -> CloudOutputs:
        """From another stack's program."""
        return cls({region.id: _from_upstream(territory, region, upstream) for region in territory.cloud_regions})


@dataclass(frozen=True)
class AccountOutputs:
    """What the layer `account` leaves behind."""

    trail_arns: Mapping[str, pulumi.Input[str]]
    """Cloud region to the trail of its account."""
    detector_ids: Mapping[str, pulumi.Input[str]]
    """Cloud region to its threat detector."""

    def to_dict(self) -> dict[str, Any]:
        """As the stack's outputs."""
        return {"trailArns": self.trail_arns, "detectorIds": self.detector_ids}


def _to_dict(site: CloudSite) -> dict[str, Any]:
    return {
        "accountId": site.account_id,
        "providerRegion": site.provider_region,
        "vpcId": site.vpc_id,
        "keyArns": {purpose.value: arn for purpose, arn in site.key_arns.items()},
        "boundaryArn": site.boundary_arn,
        "backupBucket": site.backup_bucket,
        "dnsZoneId": site.dns_zone_id,
        "hostIds": dict(site.host_ids),
        "tunnelAddresses": {
            dc: {str(tunnel): address for tunnel, address in addresses.items()}
            for dc, addresses in site.tunnel_addresses.items()
        },
    }


def _from_upstream(territory: Territory, region: CloudRegion, upstream: Upstream) -> CloudSite:
    def output(*path: str) -> pulumi.Output[Any]:
        return upstream.output("sites", region.id, *path)

    hosts = [
        host
        for service, asset in public_assets(territory, region)
        for host in naming.asset_guest_names(region, service, asset)
    ]
    return CloudSite(
        account_id=output("accountId"),
        provider_region=output("providerRegion"),
        vpc_id=output("vpcId"),
        key_arns={purpose: output("keyArns", purpose.value) for purpose in Purpose},
        boundary_arn=output("boundaryArn"),
        backup_bucket=output("backupBucket"),
        dns_zone_id=output("dnsZoneId"),
        host_ids={host: output("hostIds", host) for host in hosts},
        tunnel_addresses={
            dc.id: {tunnel: output("tunnelAddresses", dc.id, str(tunnel)) for tunnel in cloud_addressing.TUNNELS}
            for dc in territory.datacenters
        },
    )
