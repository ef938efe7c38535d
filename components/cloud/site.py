"""What a cloud region that stands offers to whoever builds on it, as values or as outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.cloud.key_policies import Purpose


@dataclass(frozen=True)
class CloudSite:
    """One region, seen by the edge fleet, the services and the border routers."""

    account_id: pulumi.Input[str]
    """Example: `123456789012`."""
    provider_region: pulumi.Input[str]
    """The provider's own name. Example: `eu-west-3`."""
    vpc_id: pulumi.Input[str]
    """Example: `vpc-0a1b2c3d4e5f60718`."""
    key_arns: Mapping[Purpose, pulumi.Input[str]]
    """What to encrypt with, by what is encrypted."""
    boundary_arn: pulumi.Input[str]
    """The permissions boundary every role of the platform has to name."""
    backup_bucket: pulumi.Input[str]
    """Where the datacenters send their backups."""
    dns_zone_id: pulumi.Input[str]
    """The private zone that answers inside the region's network."""
    host_ids: Mapping[str, pulumi.Input[str]]
    """Host name to instance, for every public asset's replicas."""
    tunnel_addresses: Mapping[str, Mapping[int, pulumi.Input[str]]]
    """Datacenter to tunnel, 1 or 2, to the provider's public end."""
