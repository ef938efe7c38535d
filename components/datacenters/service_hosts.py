"""The guests that services run on in one datacenter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_vsphere as vsphere

from components.datacenters.guest import Guest, GuestArgs
from components.datacenters.inventory import service_folder
from components.datacenters.site import Category, Site
from components.datacenters.tags import service_tags
from components.datacenters.zone_card import zone_card
from territory import addressing, naming
from territory.model import Asset, Datacenter, Service, Territory, Zone
from territory.topology import private_assets


@dataclass(frozen=True)
class ServiceHostsArgs:
    """What `ServiceHosts` are made of."""

    provider: vsphere.Provider
    """The datacenter's own vCenter."""
    territory: Territory
    """Its services and their assets."""
    datacenter: Datacenter
    """Where the guests run."""
    site: Site
    """What stands there."""
    authorized_keys: Sequence[str] = ()
    """OpenSSH public keys let into the guests."""
    protect_state: bool = False
    """True in production: Pulumi then refuses to delete guests of the data zone."""


class ServiceHosts(pulumi.ComponentResource):
    """Every private asset's guests in one datacenter; replicas of one asset never share a host."""

    guest_ids: Mapping[str, pulumi.Output[str]]
    """Host name to UUID. Example: `{"lac-water-telemetry-db-1": "4221…"}`."""

    def __init__(self, name: str, args: ServiceHostsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:ServiceHosts", name, {}, opts)
        self._name = name
        self._args = args
        self.guest_ids = {}
        for service in args.territory.services:
            assets = private_assets(args.datacenter, service)
            if not assets:
                continue
            folder = self._folder(service)
            for asset in assets:
                guests = self._guests(service, asset, folder)
                self.guest_ids |= guests
                if len(guests) > 1:
                    self._keep_apart(service, asset, list(guests.values()))
        self.register_outputs({"guestIds": self.guest_ids})

    def _folder(self, service: Service) -> vsphere.Folder:
        site = self._args.site
        return vsphere.Folder(
            f"{self._name}-folder-{service.id}",
            path=service_folder(service),
            type="vm",
            datacenter_id=site.datacenter_id,
            tags=site.tags({Category.SERVICE: service.id, Category.CRITICALITY: service.criticality.value}),
            opts=pulumi.ResourceOptions(parent=self, provider=self._args.provider),
        )

    def _guests(self, service: Service, asset: Asset, folder: vsphere.Folder) -> dict[str, pulumi.Output[str]]:
        args = self._args
        tags = service_tags(args.territory, service, asset)
        guests: dict[str, pulumi.Output[str]] = {}
        for replica, hostname in enumerate(naming.asset_guest_names(args.datacenter, service, asset), start=1):
            address = addressing.asset_address(args.territory, args.datacenter, service, asset, replica)
            guests[hostname] = Guest(
                f"{self._name}-{service.id}-{asset.id}-{replica}",
                GuestArgs(
                    provider=args.provider,
                    site=args.site,
                    hostname=hostname,
                    folder=service_folder(service),
                    depends_on=[folder],
                    criticality=service.criticality,
                    cards=[zone_card(args.territory, args.datacenter, args.site, asset.zone, address)],
                    cpus=asset.cpus,
                    memory_mib=asset.memory_mib,
                    tags=tags,
                    authorized_keys=args.authorized_keys,
                    protect=args.protect_state and asset.zone is Zone.DATA,
                ),
                pulumi.ResourceOptions(parent=self),
            ).vm_id
        return guests

    def _keep_apart(self, service: Service, asset: Asset, guest_ids: Sequence[pulumi.Output[str]]) -> None:
        vsphere.ComputeClusterVmAntiAffinityRule(
            f"{self._name}-{service.id}-{asset.id}-apart",
            name=f"{self._args.datacenter.id}-{service.id}-{asset.id}-apart",
            compute_cluster_id=self._args.site.cluster_id,
            virtual_machine_ids=list(guest_ids),
            mandatory=True,
            opts=pulumi.ResourceOptions(parent=self, provider=self._args.provider),
        )
