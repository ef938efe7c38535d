"""A datacenter that stands already, as a component built on it sees one."""

from __future__ import annotations

import pulumi_vsphere as vsphere

from components.datacenters.site import Site, Template
from components.datacenters.tags import vocabulary
from territory.model import Criticality, Territory, Zone


def standing_site(territory: Territory, dc: str) -> Site:
    """A site whose ids say what they are: `lac:admin` is the port group of lac's admin zone."""
    return Site(
        datacenter_id=f"{dc}:datacenter",
        cluster_id=f"{dc}:cluster",
        datastore_id=f"{dc}:datastore",
        interconnect_id=f"{dc}:interconnect",
        template=Template(uuid=f"{dc}:template", guest_id="debian12_64Guest", firmware="efi", disk_gib=8),
        zone_network_ids={zone: f"{dc}:{zone.value}" for zone in Zone},
        pool_ids={criticality: f"{dc}:{criticality.value}" for criticality in Criticality},
        tag_ids={
            category: {tag: f"{dc}:{category.value}:{tag}" for tag in tags}
            for category, tags in vocabulary(territory).items()
        },
    )


def provider(dc: str) -> vsphere.Provider:
    """The provider of a datacenter's vCenter, as `stacks.vcenters` names it."""
    return vsphere.Provider(
        f"vcenter-{dc}", vsphere_server=f"vcenter.{dc}.example", user="metropole", password="secret"
    )
