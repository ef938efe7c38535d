"""One commune's point of presence: a small hypervisor that stands alone, its switch, and the router that runs on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Interface

import pulumi
import pulumi_vsphere as vsphere

from components.datacenters.guest import Guest, GuestArgs, NetworkCard
from components.datacenters.inventory import Folder
from components.datacenters.mac_addresses import access_mac, commune_zone_mac
from components.datacenters.segment import segment
from components.datacenters.site import Site
from components.datacenters.tags import commune_tags
from components.datacenters.uplinks import LOCAL_UPLINK, MTU, point_of_presence_uplinks
from components.user_data import Address
from territory import addressing, naming, topology, vlans
from territory.model import COMMUNE_ZONES, AccessNetwork, Commune, Criticality, Territory, Zone

ROUTER_CPUS = 2
ROUTER_MEMORY_MIB = 1024


@dataclass(frozen=True)
class PointOfPresenceArgs:
    """What a `PointOfPresence` is made of."""

    provider: vsphere.Provider
    """The vCenter that manages it."""
    territory: Territory
    """The whole it is part of: addresses and access networks follow from it."""
    commune: Commune
    """Whose it is."""
    site: Site
    """What stands in its vCenter: datacenter, template and tags are used."""
    host_password: pulumi.Input[str]
    """Password of `root` on its hypervisor. A secret."""
    authorized_keys: Sequence[str] = ()
    """OpenSSH public keys let into the router."""
    protect_state: bool = False
    """True in production: Pulumi then refuses to delete the hypervisor and its switch."""


class PointOfPresence(pulumi.ComponentResource):
    """A standalone host, a distributed switch with one uplink a path, the commune's networks and its router.

    It reaches border routers over networks that it shares with other communes, so it changes nothing but itself.
    """

    host_id: pulumi.Output[str]
    """Managed object id of the hypervisor."""
    router_id: pulumi.Output[str]
    """UUID of the router."""

    def __init__(self, name: str, args: PointOfPresenceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:PointOfPresence", name, {}, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self, provider=args.provider)
        self._holds_state = pulumi.ResourceOptions(
            parent=self, provider=args.provider, protect=args.protect_state or None
        )
        self._tags = args.site.tags(commune_tags(args.commune))
        host = self._host()
        switch_id = self._switch(host).id
        zones = {zone: self._zone(switch_id, zone) for zone in COMMUNE_ZONES}
        access = {
            network: self._access(switch_id, network)
            for network in topology.access_networks_of_commune(args.territory, args.commune)
        }
        self.host_id = host.id
        self.router_id = self._router(host, zones, access)
        self.register_outputs({"hostId": self.host_id, "routerId": self.router_id})

    def _host(self) -> vsphere.Host:
        return vsphere.Host(
            f"{self._name}-host",
            hostname=naming.point_of_presence_name(self._args.commune),
            datacenter=self._args.site.datacenter_id,
            username="root",
            password=self._args.host_password,
            lockdown="normal",
            tags=self._tags,
            opts=self._holds_state,
        )

    def _switch(self, host: vsphere.Host) -> vsphere.DistributedVirtualSwitch:
        uplinks = point_of_presence_uplinks(self._args.territory, self._args.commune)
        return vsphere.DistributedVirtualSwitch(
            f"{self._name}-switch",
            name=naming.point_of_presence_name(self._args.commune),
            datacenter_id=self._args.site.datacenter_id,
            max_mtu=MTU,
            uplinks=list(uplinks),
            active_uplinks=list(uplinks),
            standby_uplinks=[],
            allow_promiscuous=False,
            allow_forged_transmits=False,
            allow_mac_changes=False,
            hosts=[
                vsphere.DistributedVirtualSwitchHostArgs(host_system_id=host.id, devices=list(uplinks.values())),
            ],
            tags=self._tags,
            opts=self._holds_state,
        )

    def _zone(self, switch_id: pulumi.Input[str], zone: Zone) -> pulumi.Output[str]:
        return segment(
            f"{self._name}-zone-{zone.value}",
            port_group=naming.commune_zone_port_group_name(self._args.commune, zone),
            switch_id=switch_id,
            vlan=vlans.zone_vlan(zone),
            uplink=LOCAL_UPLINK,
            tags=self._tags,
            opts=self._child,
        ).id

    def _access(self, switch_id: pulumi.Input[str], network: AccessNetwork) -> pulumi.Output[str]:
        return segment(
            f"{self._name}-access-{network.id}",
            port_group=naming.commune_access_port_group_name(self._args.commune, network),
            switch_id=switch_id,
            vlan=vlans.access_vlan(network),
            uplink=network.path,
            tags=self._tags,
            opts=self._child,
        ).id

    def _router(
        self,
        host: vsphere.Host,
        zones: Mapping[Zone, pulumi.Input[str]],
        access: Mapping[AccessNetwork, pulumi.Input[str]],
    ) -> pulumi.Output[str]:
        return Guest(
            f"{self._name}-router",
            GuestArgs(
                provider=self._args.provider,
                site=self._place(host),
                hostname=naming.commune_router_name(self._args.commune),
                folder=Folder.COMMUNES.value,
                criticality=Criticality.VITAL,
                cards=[
                    *(self._access_card(network, id_) for network, id_ in access.items()),
                    *(self._zone_card(zone, id_) for zone, id_ in zones.items()),
                ],
                cpus=ROUTER_CPUS,
                memory_mib=ROUTER_MEMORY_MIB,
                tags=commune_tags(self._args.commune),
                authorized_keys=self._args.authorized_keys,
            ),
            pulumi.ResourceOptions(parent=self),
        ).vm_id

    def _place(self, host: vsphere.Host) -> Site:
        """The vCenter's own site, but on this hypervisor and its disk: neither is there before it has joined."""
        args = self._args
        once_joined = pulumi.InvokeOutputOptions(parent=self, provider=args.provider, depends_on=[host])
        found = vsphere.get_host_output(
            name=naming.point_of_presence_name(args.commune), datacenter_id=args.site.datacenter_id, opts=once_joined
        )
        datastore = vsphere.get_datastore_output(
            name=naming.point_of_presence_datastore(args.commune),
            datacenter_id=args.site.datacenter_id,
            opts=once_joined,
        )
        return replace(args.site, datastore_id=datastore.id, pool_ids={Criticality.VITAL: found.resource_pool_id})

    def _access_card(self, network: AccessNetwork, network_id: pulumi.Input[str]) -> NetworkCard:
        territory, commune = self._args.territory, self._args.commune
        address = addressing.commune_access_address(territory, network, commune)
        interface = IPv4Interface((address, addressing.access_block(territory, network).prefixlen))
        return NetworkCard(network_id, Address(mac=access_mac(network, address), interface=interface, mtu=MTU))

    def _zone_card(self, zone: Zone, network_id: pulumi.Input[str]) -> NetworkCard:
        territory, commune = self._args.territory, self._args.commune
        gateway = addressing.commune_zone_gateway(territory, commune, zone)
        prefix = addressing.commune_zone_network(territory, commune, zone).prefixlen
        mac = commune_zone_mac(zone, addressing.commune_index(territory, commune))
        return NetworkCard(network_id, Address(mac=mac, interface=IPv4Interface((gateway, prefix))))
