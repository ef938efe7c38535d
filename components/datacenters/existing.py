"""What a datacenter had before the platform came, and keeps: used by id, never managed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from components.datacenters.inventory import Folder
from components.datacenters.site import Category
from territory.model import Zone


@dataclass(frozen=True)
class ExistingCluster:
    """A cluster that is adopted: its HA and DRS settings stay as they are."""

    id: str
    """Managed object id. Example: `domain-c8`."""
    root_pool_id: str
    """Managed object id of its root resource pool. Example: `resgroup-9`."""


@dataclass(frozen=True)
class ExistingObjects:
    """What a datacenter already has. Whatever is named here is used and never managed; the rest is made."""

    datacenter_id: str | None = None
    """Managed object id. Example: `datacenter-2`. Rights on it stay as they are; ours are given on our folders."""
    cluster: ExistingCluster | None = None
    """The cluster new hosts join."""
    host_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    """Host name to managed object id, for hosts that joined already. Example: `{"lac-esxi-1": "host-12"}`."""
    fabric_id: str | None = None
    """UUID of the distributed switch that carries the zones; its uplinks are `uplink1` and `uplink2`."""
    interconnect_id: str | None = None
    """UUID of the distributed switch that carries the circuits; it has an uplink named after each path."""
    folder_ids: Mapping[Folder, str] = field(default_factory=dict[Folder, str])
    """VM folders that stand at their paths, by managed object id. Rights on them stay as they are.

    Example: `{Folder.PLATFORM: "group-v3"}`.
    """
    zone_network_ids: Mapping[Zone, str] = field(default_factory=dict[Zone, str])
    """Zone to a port group that carries it already. Example: `{Zone.ADMIN: "dvportgroup-21"}`."""
    tag_category_ids: Mapping[Category, str] = field(default_factory=dict[Category, str])
    """Tag categories that exist and allow `tags.ASSOCIABLE_TYPES`; tags are still made in them.

    Example: `{Category.SERVICE: "urn:vmomi:InventoryServiceCategory:…:GLOBAL"}`.
    """
    circuit_network_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    """Circuit or access network to a port group that carries it already.

    Example: `{"lac-1-pessac-1": "dvportgroup-7"}`.
    """
