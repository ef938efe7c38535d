"""The two distributed switches of a datacenter: one carries its zones, one its circuits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_vsphere as vsphere

from components.datacenters.uplinks import FABRIC_UPLINKS, MTU, interconnect_uplinks
from territory import model, naming, vlans
from territory.model import Territory, Zone


@dataclass(frozen=True)
class DistributedSwitchesArgs:
    """What `DistributedSwitches` are made of."""

    provider: vsphere.Provider
    """The datacenter's own vCenter."""
    territory: Territory
    """Says which paths reach the datacenter."""
    datacenter: model.Datacenter
    """Whose switches these are."""
    datacenter_id: pulumi.Input[str]
    """Managed object id. Example: `datacenter-2`."""
    host_ids: Mapping[str, pulumi.Input[str]]
    """Name to managed object id of every host. Example: `{"lac-esxi-1": "host-12"}`."""
    existing_fabric_id: str | None = None
    """UUID of a switch that carries the zones already; its uplinks are `uplink1` and `uplink2`."""
    existing_interconnect_id: str | None = None
    """UUID of a switch that carries circuits already; it has an uplink named after each path."""
    existing_zone_network_ids: Mapping[Zone, str] = field(default_factory=dict[Zone, str])
    """Zone to a port group that carries it already. Example: `{Zone.ADMIN: "dvportgroup-21"}`."""
    protect_state: bool = False
    """True in production: Pulumi then refuses to delete the switches."""


class DistributedSwitches(pulumi.ComponentResource):
    """Two distributed switches with redundant uplinks, and a port group for each security zone."""

    fabric_id: pulumi.Input[str]
    """UUID of the switch that carries the zones."""
    interconnect_id: pulumi.Input[str]
    """UUID of the switch that carries the circuits; its uplinks are named after the paths."""
    zone_network_ids: Mapping[Zone, pulumi.Input[str]]
    """Security zone to its port group's managed object id."""

    def __init__(self, name: str, args: DistributedSwitchesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:DistributedSwitches", name, {}, opts)
        self._args = args
        dc = args.datacenter
        self.fabric_id = args.existing_fabric_id or self._switch(
            f"{name}-fabric", naming.fabric_name(dc), FABRIC_UPLINKS
        )
        self.interconnect_id = args.existing_interconnect_id or self._switch(
            f"{name}-interconnect", naming.interconnect_name(dc), interconnect_uplinks(args.territory, dc)
        )
        self.zone_network_ids = {
            zone: args.existing_zone_network_ids.get(zone) or self._network(f"{name}-zone-{zone.value}", zone)
            for zone in Zone
        }
        self.register_outputs({"fabricId": self.fabric_id, "interconnectId": self.interconnect_id})

    def _network(self, name: str, zone: Zone) -> pulumi.Output[str]:
        return vsphere.DistributedPortGroup(
            name,
            name=naming.zone_port_group_name(self._args.datacenter, zone),
            distributed_virtual_switch_uuid=self.fabric_id,
            vlan_id=vlans.zone_vlan(zone),
            active_uplinks=list(FABRIC_UPLINKS),
            standby_uplinks=[],
            allow_promiscuous=False,
            allow_forged_transmits=False,
            allow_mac_changes=False,
            opts=pulumi.ResourceOptions(parent=self, provider=self._args.provider),
        ).id

    def _switch(self, name: str, switch: str, uplinks: Mapping[str, str]) -> pulumi.Output[str]:
        return vsphere.DistributedVirtualSwitch(
            name,
            name=switch,
            datacenter_id=self._args.datacenter_id,
            max_mtu=MTU,
            uplinks=list(uplinks),
            active_uplinks=list(uplinks),
            standby_uplinks=[],
            allow_promiscuous=False,
            allow_forged_transmits=False,
            allow_mac_changes=False,
            hosts=[
                vsphere.DistributedVirtualSwitchHostArgs(
                    host_system_id=self._args.host_ids[host.name], devices=list(uplinks.values())
                )
                for host in self._args.datacenter.hosts
            ],
            opts=pulumi.ResourceOptions(
                parent=self, provider=self._args.provider, protect=self._args.protect_state or None
            ),
        ).id
