"""What a cloud region had before the platform came, and keeps: used by id, never managed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.cloud.key_policies import Purpose


@dataclass(frozen=True)
class ExistingCloud:
    """Whatever is named here is used and never managed; the rest is made."""

    vpc_id: str | None = None
    """The network; the region's /16 is one of its blocks. Example: `vpc-0a1b2c3d4e5f60718`."""
    vpn_gateway_id: str | None = None
    """Its VPN gateway, attached already: a network has at most one. Example: `vgw-0a1b2c3d4e5f60718`."""
    key_arns: Mapping[Purpose, str] = field(default_factory=dict[Purpose, str])
    """Keys whose policies let the services in that `key_policies` would. Example: `{Purpose.LOGS: "arn:aws:kms:…"}`."""
    backup_bucket: str | None = None
    """The bucket for backups, by name."""
