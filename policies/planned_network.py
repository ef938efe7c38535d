"""The network that a plan really makes, in the words of the territory: what port groups, uplinks and cards come to.

The circuits, routers and access networks that are declared are replaced by those that are planned, on the path they
are planned on, so that `territory.losses` computes who survives what from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from policies.answers import NotKnown, Problem
from policies.declared import guests, interfaces, provider_name, vcenter_provider
from policies.resource_types import VSPHERE_DISTRIBUTED_PORT_GROUP
from policies.subjects import Platform, Resource
from territory import addressing, naming
from territory.model import AccessNetwork, BorderRouter, Circuit, Commune, Territory


@dataclass(frozen=True)
class End:
    """One end of a link: the port group a machine has a card in."""

    path: str
    vlan: int


class PlannedNetwork:
    """What is planned of a territory's network; what is wrong with it is gathered in `problems`."""

    def __init__(self, platform: Platform) -> None:
        self._declared = platform.territory
        self._guests = guests(platform)
        self._port_groups = {
            (provider_name(group), group["name"].text()): group for group in platform.of(VSPHERE_DISTRIBUTED_PORT_GROUP)
        }
        self.problems: list[Problem] = []
        self._routers = {router.id: router for router in self._declared.border_routers}
        routers = tuple(router for router in self._declared.border_routers if self._machine(router) is not None)
        circuits = tuple(self._circuits({router.id for router in routers}))
        access = tuple(self._access_networks({router.id for router in routers}))
        self.territory: Territory = self._declared.model_copy(
            update={"border_routers": routers, "circuits": circuits, "access_networks": access}
        )
        """As planned: without what is not there."""

    def commune(self, declared: Commune) -> Commune:
        """A commune with the access networks that its planned router is on, each on the path it is planned on."""
        joined = {network.id: network for network in self.territory.access_networks}
        provider, name = vcenter_provider(declared.vcenter), naming.commune_router_name(declared)
        router = self._guests.get((provider, name))
        if router is None:
            self._say(f"has no router in the plan: {name} is missing", f"commune {declared.insee}")
            return declared.model_copy(update={"access": ()})
        kept: list[str] = []
        for id_ in declared.access:
            network = next((each for each in self._declared.access_networks if each.id == id_), None)
            if network is None or id_ not in joined:
                continue
            group = naming.commune_access_port_group_name(declared, network)
            end = self._end(router, provider, group, addressing.access_block(self._declared, network))
            if end is not None and self._matches(end, self._router_end(network), f"commune {declared.insee}", id_):
                kept.append(id_)
        return declared.model_copy(update={"access": tuple(kept)})

    def _machine(self, router: BorderRouter) -> Resource | None:
        machine = self._guests.get((vcenter_provider(router.site), router.id))
        if machine is None:
            self._say("has no machine in the plan", f"border router {router.id}")
        return machine

    def _circuits(self, planned: set[str]) -> Iterator[Circuit]:
        for circuit in self._declared.circuits:
            if not planned.issuperset(circuit.routers):
                continue
            network = addressing.circuit_link(self._declared, circuit).network
            ends = [self._end_at(self._routers[id_], circuit.id, network) for id_ in circuit.routers]
            one, other = ends
            if one and other and self._matches(one, other, f"circuit {circuit.id}", "its other end"):
                yield circuit.model_copy(update={"path": one.path})

    def _access_networks(self, planned: set[str]) -> Iterator[AccessNetwork]:
        for network in self._declared.access_networks:
            end = self._router_end(network) if network.router in planned else None
            if end is not None:
                yield network.model_copy(update={"path": end.path})

    def _router_end(self, network: AccessNetwork) -> End | None:
        block = addressing.access_block(self._declared, network)
        return self._end_at(self._routers[network.router], network.id, block)

    def _end_at(self, router: BorderRouter, port_group: str, network: IPv4Network) -> End | None:
        provider = vcenter_provider(router.site)
        return self._end(self._guests[provider, router.id], provider, port_group, network)

    def _end(self, machine: Resource, provider: str, name: str, network: IPv4Network) -> End | None:
        group = self._port_groups.get((provider, name))
        if group is None:
            if any(interface.ip in network for interface in interfaces(machine)):
                raise NotKnown(f"port group {name} of {provider}", "was there before, and is not in the plan")
            return None
        if group not in machine.stack.targets(machine, "networkInterfaces"):
            self._say(f"has no card in the port group {name}", machine.urn)
            return None
        uplinks = [*group["activeUplinks"].items, *group["standbyUplinks"].items]
        if len(uplinks) != 1:
            named = ", ".join(uplink.text() for uplink in uplinks) or "none"
            self._say(f"is on {len(uplinks)} uplinks ({named}); a link rides one path", group.urn, "activeUplinks")
            return None
        path = uplinks[0].text()
        if path not in {declared.id for declared in self._declared.paths}:
            self._say(f"rides the uplink {path}, which is no path that is declared", group.urn, "activeUplinks")
            return None
        return End(path, int(group["vlanId"].number()))

    def _matches(self, one: End, other: End | None, what: str, which: str) -> bool:
        if one == other:
            return True
        if other is not None:
            self._say(
                f"is on path {one.path} with VLAN {one.vlan}, and {which} on {other.path} with VLAN {other.vlan}", what
            )
        return False

    def _say(self, message: str, subject: str, path: str = "") -> None:
        problem = Problem(message, path, subject=subject)
        if problem not in self.problems:
            self.problems.append(problem)
