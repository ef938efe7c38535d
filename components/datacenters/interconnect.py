"""The crossed links between datacenters: circuits on both vCenters, and the border routers that end them.

And the datacenters' ends of the access networks, over which communes reach those routers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Interface

import pulumi
import pulumi_vsphere as vsphere

from components.datacenters.guest import Guest, GuestArgs, NetworkCard
from components.datacenters.inventory import Folder, feed_group_name
from components.datacenters.mac_addresses import access_mac, circuit_mac
from components.datacenters.segment import segment
from components.datacenters.site import Site
from components.datacenters.tags import platform_guest_tags
from components.datacenters.uplinks import MTU
from components.datacenters.zone_card import zone_card
from components.user_data import Address
from territory import addressing, topology, vlans
from territory.checks import crossing, reach
from territory.model import AccessNetwork, BorderRouter, Circuit, Criticality, Datacenter, Territory, Zone

ROUTER_CPUS = 2
ROUTER_MEMORY_MIB = 2048


class SinglePointOfFailureError(pulumi.RunError):
    """One router, circuit, path, carrier or feed carries everything; the message names it and says what to change."""


def refuse_single_points_of_failure(territory: Territory) -> None:
    """Raise `SinglePointOfFailureError` unless every pair of datacenters survives the loss of any one thing."""
    violations = [*crossing.check(territory), *reach.check_datacenters(territory)]
    if violations:
        reasons = [
            f"- {violation.message}" + (f"\n  remedy: {violation.remedy}" if violation.remedy else "")
            for violation in violations
        ]
        raise SinglePointOfFailureError("\n".join([f"the interconnect of {territory.name} is refused", *reasons]))


@dataclass(frozen=True)
class InterconnectArgs:
    """What an `Interconnect` is made of."""

    territory: Territory
    """Its circuits, border routers and paths."""
    providers: Mapping[str, vsphere.Provider]
    """Datacenter to its vCenter."""
    sites: Mapping[str, Site]
    """Datacenter to what stands there."""
    authorized_keys: Sequence[str] = ()
    """OpenSSH public keys let into the routers."""
    existing_network_ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Datacenter to circuit or access network to a port group that carries it already.

    Example: `{"lac": {"lac-1-pessac-1": "dvportgroup-7"}}`.
    """


class Interconnect(pulumi.ComponentResource):
    """Circuits crossed between border routers over several paths; the loss of any one of them leaves a way.

    A router has one card for each circuit and each access network, so a commune more on one of these changes nothing.
    """

    network_ids: Mapping[str, Mapping[str, pulumi.Input[str]]]
    """Datacenter to circuit or access network to its port group's managed object id."""
    router_ids: Mapping[str, pulumi.Output[str]]
    """Border router to its UUID."""

    def __init__(self, name: str, args: InterconnectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        refuse_single_points_of_failure(args.territory)
        super().__init__("metropole:index:Interconnect", name, {}, opts)
        self._name = name
        self._args = args
        self.network_ids = {dc.id: self._networks(dc) for dc in args.territory.datacenters}
        self.router_ids = {}
        for dc in args.territory.datacenters:
            routers = topology.routers_of_site(args.territory, dc)
            self.router_ids |= {router.id: self._router(dc, router) for router in routers}
            self._keep_apart(dc, routers, after=self._keep_on_their_feeds(dc, routers))
        self.register_outputs({"networkIds": self.network_ids, "routerIds": self.router_ids})

    def _options(self, dc: Datacenter) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, provider=self._args.providers[dc.id])

    def _networks(self, dc: Datacenter) -> Mapping[str, pulumi.Input[str]]:
        existing = self._args.existing_network_ids.get(dc.id, {})
        links: list[tuple[Circuit | AccessNetwork, int]] = [
            (circuit, vlans.circuit_vlan(circuit)) for circuit in topology.circuits_of_site(self._args.territory, dc)
        ]
        links += [
            (network, vlans.access_vlan(network))
            for network in topology.access_networks_of_site(self._args.territory, dc)
        ]
        return {link.id: existing.get(link.id) or self._network(dc, link, vlan) for link, vlan in links}

    def _network(self, dc: Datacenter, link: Circuit | AccessNetwork, vlan: int) -> pulumi.Output[str]:
        return segment(
            f"{self._name}-{dc.id}-{link.id}",
            port_group=link.id,
            switch_id=self._args.sites[dc.id].interconnect_id,
            vlan=vlan,
            uplink=link.path,
            opts=self._options(dc),
        ).id

    def _router(self, dc: Datacenter, router: BorderRouter) -> pulumi.Output[str]:
        site = self._args.sites[dc.id]
        return Guest(
            f"{self._name}-{router.id}",
            GuestArgs(
                provider=self._args.providers[dc.id],
                site=site,
                hostname=router.id,
                folder=Folder.NETWORK.value,
                criticality=Criticality.VITAL,
                cards=[
                    self._admin_card(dc, router),
                    *self._circuit_cards(dc, router),
                    *self._access_cards(dc, router),
                ],
                cpus=ROUTER_CPUS,
                memory_mib=ROUTER_MEMORY_MIB,
                tags=platform_guest_tags(dc),
                authorized_keys=self._args.authorized_keys,
            ),
            pulumi.ResourceOptions(parent=self),
        ).vm_id

    def _admin_card(self, dc: Datacenter, router: BorderRouter) -> NetworkCard:
        territory = self._args.territory
        address = addressing.router_management(territory, router)
        # A router's default route is what its peers announce.
        return zone_card(territory, dc, self._args.sites[dc.id], Zone.ADMIN, address, routed=False)

    def _circuit_cards(self, dc: Datacenter, router: BorderRouter) -> list[NetworkCard]:
        cards: list[NetworkCard] = []
        for circuit in topology.circuits_of_router(self._args.territory, router):
            link = addressing.circuit_link(self._args.territory, circuit)
            interface = IPv4Interface((link.address_of(circuit, router.id), link.network.prefixlen))
            cards.append(
                NetworkCard(
                    self.network_ids[dc.id][circuit.id],
                    Address(mac=circuit_mac(circuit, router.id), interface=interface, mtu=MTU),
                )
            )
        return cards

    def _access_cards(self, dc: Datacenter, router: BorderRouter) -> list[NetworkCard]:
        territory = self._args.territory
        cards: list[NetworkCard] = []
        for network in topology.access_networks_of_router(territory, router):
            address = addressing.router_access_address(territory, network)
            interface = IPv4Interface((address, addressing.access_block(territory, network).prefixlen))
            cards.append(
                NetworkCard(
                    self.network_ids[dc.id][network.id],
                    Address(mac=access_mac(network, address), interface=interface, mtu=MTU),
                )
            )
        return cards

    def _keep_apart(
        self, dc: Datacenter, routers: Sequence[BorderRouter], after: Sequence[vsphere.ComputeClusterVmHostRule]
    ) -> None:
        vsphere.ComputeClusterVmAntiAffinityRule(
            f"{self._name}-{dc.id}-apart",
            name=f"{dc.id}-routers-apart",
            compute_cluster_id=self._args.sites[dc.id].cluster_id,
            virtual_machine_ids=[self.router_ids[router.id] for router in routers],
            mandatory=True,
            # Two routers born on each other's feed could never change places once they have to be apart.
            opts=pulumi.ResourceOptions(parent=self, provider=self._args.providers[dc.id], depends_on=list(after)),
        )

    def _keep_on_their_feeds(
        self, dc: Datacenter, routers: Sequence[BorderRouter]
    ) -> list[vsphere.ComputeClusterVmHostRule]:
        site = self._args.sites[dc.id]
        rules: list[vsphere.ComputeClusterVmHostRule] = []
        for feed in sorted({router.feed for router in routers}):
            group = vsphere.ComputeClusterVmGroup(
                f"{self._name}-{dc.id}-on-{feed}",
                name=f"{dc.id}-routers-{feed}",
                compute_cluster_id=site.cluster_id,
                virtual_machine_ids=[self.router_ids[router.id] for router in routers if router.feed == feed],
                opts=self._options(dc),
            )
            rules.append(
                vsphere.ComputeClusterVmHostRule(
                    f"{self._name}-{dc.id}-stays-on-{feed}",
                    name=f"{dc.id}-routers-{feed}",
                    compute_cluster_id=site.cluster_id,
                    vm_group_name=group.name,
                    affinity_host_group_name=feed_group_name(dc, feed),
                    mandatory=True,
                    opts=self._options(dc),
                )
            )
        return rules
