"""What things are called in a vCenter and at the cloud provider.

Names are unique in a territory: `territory.checks.names` proves it.
"""

from __future__ import annotations

from territory.model import AccessNetwork, Asset, CloudRegion, Commune, Datacenter, Service, Territory, Zone

LONGEST_GUEST_NAME = 63
"""A guest's name is its host name, hence one DNS label (RFC 1035)."""
LONGEST_BUCKET_NAME = 63
ACCOUNT_ID_DIGITS = 12


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


def point_of_presence_name(commune: Commune) -> str:
    """The hypervisor in a commune, and the distributed switch on it. Example: `pop-33063`."""
    return f"pop-{commune.insee.lower()}"


def point_of_presence_datastore(commune: Commune) -> str:
    """The hypervisor's own disk. Example: `pop-33063-local`."""
    return f"{point_of_presence_name(commune)}-local"


def commune_router_name(commune: Commune) -> str:
    """Example: `commune-33063-router`."""
    return f"{commune.slug}-router"


def commune_zone_port_group_name(commune: Commune, zone: Zone) -> str:
    """Example: `commune-33063-admin`."""
    return f"{commune.slug}-{zone.value}"


def commune_access_port_group_name(commune: Commune, network: AccessNetwork) -> str:
    """The commune's end of an access network. Example: `commune-33063-ring-north-lac-1`."""
    return f"{commune.slug}-{network.id}"


def asset_guest_name(site: Datacenter | CloudRegion, service: Service, asset: Asset, replica: int) -> str:
    """One replica, counted from 1. Example: `lac-water-telemetry-db-1`."""
    return f"{site.id}-{service.id}-{asset.id}-{replica}"


def asset_guest_names(site: Datacenter | CloudRegion, service: Service, asset: Asset) -> tuple[str, ...]:
    """The guests an asset has in one site, by replica; none when it does not run there."""
    if site.id not in asset.sites:
        return ()
    return tuple(asset_guest_name(site, service, asset, replica) for replica in range(1, asset.replicas + 1))


def cloud_name(t: Territory, region: CloudRegion, what: str) -> str:
    """What has one namespace for the whole account. Example: `bordeaux-cloud-paris-backup`."""
    return f"{t.name}-{region.id}-{what}"


def bucket_name(t: Territory, region: CloudRegion, what: str, account_id: str) -> str:
    """Unique in the world, as buckets have to be. Example: `bordeaux-cloud-paris-backup-123456789012`."""
    return f"{cloud_name(t, region, what)}-{account_id}"


def dns_domain(t: Territory) -> str:
    """The private domain; `internal` is reserved for such use and never delegated. Example: `bordeaux.internal`."""
    return f"{t.name}.internal"


def asset_dns_name(t: Territory, service: Service, asset: Asset) -> str:
    """One name wherever the asset lives. Example: `db.water-telemetry.bordeaux.internal`."""
    return f"{asset.id}.{service.id}.{dns_domain(t)}"
