"""One datacenter of the territory in its vCenter: hosts, networks, folders, rights and the way in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_vsphere as vsphere

from components.datacenters.access_control import AccessControl, AccessControlArgs
from components.datacenters.capacity import POOL_SHARES, hosts_to_survive_without
from components.datacenters.distributed_switches import DistributedSwitches, DistributedSwitchesArgs
from components.datacenters.existing import ExistingCluster, ExistingObjects
from components.datacenters.guest import Guest, GuestArgs
from components.datacenters.inventory import Folder, feed_group_name
from components.datacenters.privileges import Role
from components.datacenters.site import Category, Site, Template
from components.datacenters.tags import TagVocabulary, TagVocabularyArgs, platform_guest_tags
from components.datacenters.zone_card import zone_card
from territory import addressing, model, naming
from territory.model import Criticality, Territory, Zone


@dataclass(frozen=True)
class DatacenterArgs:
    """What a `Datacenter` is made of."""

    provider: vsphere.Provider
    """The datacenter's own vCenter."""
    territory: Territory
    """The whole it is part of: addresses, communes and services follow from it."""
    datacenter: model.Datacenter
    """Which of the territory's datacenters this is."""
    host_password: pulumi.Input[str]
    """Password of `root` on its hypervisors. A secret."""
    authorized_keys: Sequence[str] = ()
    """OpenSSH public keys let into the bastion. Example: `["ssh-ed25519 AAAA… automation"]`."""
    groups: Mapping[Role, str] = field(default_factory=dict[Role, str])
    """Directory group that gets each role; `privileges.default_group` where not named."""
    existing: ExistingObjects = field(default_factory=ExistingObjects)
    """What is adopted instead of made."""
    protect_state: bool = False
    """True in production: Pulumi then refuses to delete what holds guests (datacenter, cluster, hosts, switches)."""


class Datacenter(pulumi.ComponentResource):
    """A datacenter, its cluster, switches, folders, pools, tags, roles and bastion."""

    site: Site
    """What guests and links need to know of it."""
    host_ids: Mapping[str, pulumi.Input[str]]
    """Host name to managed object id."""
    bastion_id: pulumi.Output[str]
    """UUID of the bastion."""

    def __init__(self, name: str, args: DatacenterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:Datacenter", name, {}, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self, provider=args.provider)
        self._holds_state = pulumi.ResourceOptions(
            parent=self, provider=args.provider, protect=args.protect_state or None
        )
        dc = args.datacenter

        tags = TagVocabulary(
            f"{name}-tags",
            TagVocabularyArgs(args.provider, args.territory, args.existing.tag_category_ids),
            pulumi.ResourceOptions(parent=self),
        )
        datacenter_id = args.existing.datacenter_id or self._datacenter(tags).moid
        cluster = args.existing.cluster or self._cluster(datacenter_id)
        cluster_id = cluster.id
        root_pool_id = cluster.root_pool_id if isinstance(cluster, ExistingCluster) else cluster.resource_pool_id

        hosts = self._hosts(cluster_id)
        self.host_ids = {**args.existing.host_ids, **{host: resource.id for host, resource in hosts.items()}}
        self._group_hosts_by_feed(cluster_id)
        folders = self._folders(datacenter_id)
        switches = DistributedSwitches(
            f"{name}-switches",
            DistributedSwitchesArgs(
                provider=args.provider,
                territory=args.territory,
                datacenter=dc,
                datacenter_id=datacenter_id,
                host_ids=self.host_ids,
                existing_fabric_id=args.existing.fabric_id,
                existing_interconnect_id=args.existing.interconnect_id,
                existing_zone_network_ids=args.existing.zone_network_ids,
                protect_state=args.protect_state,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        AccessControl(
            f"{name}-access",
            AccessControlArgs(
                args.provider,
                None if args.existing.datacenter_id else datacenter_id,
                {folder.slug: resource.id for folder, resource in folders.items() if folder.parent not in folders},
                args.groups,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.site = Site(
            datacenter_id=datacenter_id,
            cluster_id=cluster_id,
            datastore_id=vsphere.get_datastore_output(
                name=dc.datastore, datacenter_id=datacenter_id, opts=self._once_joined(hosts)
            ).id,
            interconnect_id=switches.interconnect_id,
            template=self._template(datacenter_id, hosts),
            zone_network_ids=switches.zone_network_ids,
            pool_ids=self._pools(root_pool_id),
            tag_ids=tags.tag_ids,
        )
        self.bastion_id = self._bastion(folders.get(Folder.ACCESS)).vm_id
        self.register_outputs({"datacenterId": datacenter_id, "clusterId": cluster_id, "bastionId": self.bastion_id})

    def _datacenter(self, tags: TagVocabulary) -> vsphere.Datacenter:
        dc = self._args.datacenter
        return vsphere.Datacenter(
            f"{self._name}-datacenter",
            name=dc.id,
            tags=[tags.tag_ids[Category.COMMUNE][dc.commune]],
            opts=self._holds_state,
        )

    def _cluster(self, datacenter_id: pulumi.Input[str]) -> vsphere.ComputeCluster:
        dc = self._args.datacenter
        return vsphere.ComputeCluster(
            f"{self._name}-cluster",
            name=naming.cluster_name(dc),
            datacenter_id=datacenter_id,
            # Hosts say which cluster they join; without this the cluster would throw them out again.
            host_managed=True,
            ha_enabled=True,
            ha_host_monitoring="enabled",
            ha_vm_monitoring="vmMonitoringOnly",
            ha_admission_control_policy="resourcePercentage",
            ha_admission_control_resource_percentage_auto_compute=True,
            ha_admission_control_host_failure_tolerance=hosts_to_survive_without(dc.hosts),
            drs_enabled=True,
            drs_automation_level="fullyAutomated",
            opts=self._holds_state,
        )

    def _hosts(self, cluster_id: pulumi.Input[str]) -> Mapping[str, vsphere.Host]:
        return {
            host.name: vsphere.Host(
                f"{self._name}-host-{host.name}",
                hostname=host.name,
                cluster=cluster_id,
                username="root",
                password=self._args.host_password,
                lockdown="normal",
                opts=self._holds_state,
            )
            for host in self._args.datacenter.hosts
            if host.name not in self._args.existing.host_ids
        }

    def _once_joined(self, hosts: Mapping[str, vsphere.Host]) -> pulumi.InvokeOutputOptions:
        """A host brings its datastores and templates with it: nothing to look up before it has joined."""
        return pulumi.InvokeOutputOptions(parent=self, provider=self._args.provider, depends_on=list(hosts.values()))

    def _template(self, datacenter_id: pulumi.Input[str], hosts: Mapping[str, vsphere.Host]) -> Template:
        found = vsphere.get_virtual_machine_output(
            name=self._args.datacenter.template, datacenter_id=datacenter_id, opts=self._once_joined(hosts)
        )
        return Template(uuid=found.id, guest_id=found.guest_id, firmware=found.firmware, disk_gib=found.disks[0].size)

    def _group_hosts_by_feed(self, cluster_id: pulumi.Input[str]) -> None:
        dc = self._args.datacenter
        for feed in dc.feeds:
            vsphere.ComputeClusterHostGroup(
                f"{self._name}-hosts-{feed}",
                name=feed_group_name(dc, feed),
                compute_cluster_id=cluster_id,
                host_system_ids=[self.host_ids[host.name] for host in dc.hosts if host.feed == feed],
                opts=self._child,
            )

    def _pools(self, root_pool_id: pulumi.Input[str]) -> Mapping[Criticality, pulumi.Output[str]]:
        return {
            criticality: vsphere.ResourcePool(
                f"{self._name}-pool-{criticality.value}",
                name=criticality.value,
                parent_resource_pool_id=root_pool_id,
                cpu_share_level="custom",
                cpu_shares=shares,
                memory_share_level="custom",
                memory_shares=shares,
                opts=self._child,
            ).id
            for criticality, shares in POOL_SHARES.items()
        }

    def _folders(self, datacenter_id: pulumi.Input[str]) -> Mapping[Folder, vsphere.Folder]:
        folders: dict[Folder, vsphere.Folder] = {}
        for folder in Folder:
            if folder in self._args.existing.folder_ids:
                continue
            above = folders.get(folder.parent) if folder.parent else None
            folders[folder] = vsphere.Folder(
                f"{self._name}-folder-{folder.slug}",
                path=folder.value,
                type="vm",
                datacenter_id=datacenter_id,
                opts=pulumi.ResourceOptions(
                    parent=self, provider=self._args.provider, depends_on=[above] if above else None
                ),
            )
        return folders

    def _bastion(self, folder: vsphere.Folder | None) -> Guest:
        territory, dc = self._args.territory, self._args.datacenter
        return Guest(
            f"{self._name}-bastion",
            GuestArgs(
                provider=self._args.provider,
                site=self.site,
                hostname=naming.bastion_name(dc),
                folder=Folder.ACCESS.value,
                criticality=Criticality.VITAL,
                cards=[zone_card(territory, dc, self.site, Zone.ADMIN, addressing.bastion_address(territory, dc))],
                cpus=1,
                memory_mib=1024,
                tags=platform_guest_tags(dc),
                authorized_keys=self._args.authorized_keys,
                depends_on=[folder] if folder else (),
            ),
            pulumi.ResourceOptions(parent=self),
        )
