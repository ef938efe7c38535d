"""What things are called in a vCenter. Names are unique in a territory: `territory.checks.names` proves it."""

from __future__ import annotations

from territory.model import Asset, Datacenter, Service, Zone

LONGEST_GUEST_NAME = 63
"""A guest's name is its host name, hence one DNS label (RFC 1035)."""


def cluster_name(dc: Datacenter) -> str:
    """Example: `lac-cluster`."""
    return f"{dc.id}-cluster"


def fabric_name(dc: Datacenter) -> str:
    """The distributed switch that carries the zones. Example: `lac-fabric`."""
    return f"{dc.id}-fabric"


def interconnect_name(dc: Datacenter) -> str:
    """The distributed switch that carries the circuits. Example: `lac-interconnect`."""
    return f"{dc.id}-interconnect"


def zone_port_group_name(dc: Datacenter, zone: Zone) -> str:
    """Example: `lac-admin`."""
    return f"{dc.id}-{zone.value}"


def bastion_name(dc: Datacenter) -> str:
    """Example: `lac-bastion`."""
    return f"{dc.id}-bastion"


def asset_guest_name(dc: Datacenter, service: Service, asset: Asset, replica: int) -> str:
    """One replica, counted from 1. Example: `lac-water-telemetry-db-1`."""
    return f"{dc.id}-{service.id}-{asset.id}-{replica}"


def asset_guest_names(dc: Datacenter, service: Service, asset: Asset) -> tuple[str, ...]:
    """The guests an asset has in one datacenter, by replica; none when it does not run there."""
    if dc.id not in asset.sites:
        return ()
    return tuple(asset_guest_name(dc, service, asset, replica) for replica in range(1, asset.replicas + 1))
