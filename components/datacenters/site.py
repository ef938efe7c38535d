"""What a datacenter that stands offers to the guests and links built on it: ids, as values or as outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pulumi

from territory.model import Criticality, Zone


class Category(StrEnum):
    """The tag categories of every vCenter; an object carries at most one tag of each."""

    COMMUNE = "commune"
    SERVICE = "service"
    CRITICALITY = "criticality"
    PLACEMENT = "placement"


@dataclass(frozen=True)
class Template:
    """The virtual machine guests are cloned from."""

    uuid: pulumi.Input[str]
    """Its BIOS UUID. Example: `4221fe5c-…`."""
    guest_id: pulumi.Input[str]
    """vSphere's name of its operating system; a clone has to repeat it. Example: `debian12_64Guest`."""
    firmware: pulumi.Input[str]
    """`bios` or `efi`; a clone with the other one does not boot."""
    disk_gib: pulumi.Input[int]
    """Size of its only disk, in GiB; a clone's may not be smaller. Example: `8`."""


@dataclass(frozen=True)
class Site:
    """One datacenter, seen by whoever puts a guest or a circuit there."""

    datacenter_id: pulumi.Input[str]
    """Managed object id. Example: `datacenter-2`."""
    cluster_id: pulumi.Input[str]
    """Managed object id. Example: `domain-c8`."""
    datastore_id: pulumi.Input[str]
    """The datastore all hosts share. Example: `datastore-11`."""
    interconnect_id: pulumi.Input[str]
    """UUID of the distributed switch that carries the circuits. Example: `50 1f 2c …`."""
    template: Template
    """What its guests are cloned from."""
    zone_network_ids: Mapping[Zone, pulumi.Input[str]]
    """Security zone to its port group. Example: `{Zone.ADMIN: "dvportgroup-21"}`."""
    pool_ids: Mapping[Criticality, pulumi.Input[str]]
    """Criticality to its resource pool. Example: `{Criticality.VITAL: "resgroup-31"}`."""
    tag_ids: Mapping[Category, Mapping[str, pulumi.Input[str]]]
    """Category to tag name to tag id. Example: `{Category.CRITICALITY: {"vital": "urn:vmomi:…"}}`."""

    def tags(self, names: Mapping[Category, str]) -> list[pulumi.Input[str]]:
        """The ids of one tag a category, in the order given. Raises `KeyError` for a tag that does not exist."""
        return [self.tag_ids[category][name] for category, name in names.items()]
