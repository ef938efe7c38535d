"""Who is joined to whom. The ids of a loaded territory resolve; an unknown one is a programmer's `KeyError`."""

from __future__ import annotations

from territory.model import BorderRouter, Circuit, Datacenter, Path, Territory


def datacenter(t: Territory, id_: str) -> Datacenter:
    """The datacenter of that id."""
    return {dc.id: dc for dc in t.datacenters}[id_]


def routers_of_site(t: Territory, dc: Datacenter) -> tuple[BorderRouter, ...]:
    """The border routers that stand in a datacenter."""
    return tuple(router for router in t.border_routers if router.site == dc.id)


def circuits_of_router(t: Territory, router: BorderRouter) -> tuple[Circuit, ...]:
    """The circuits that end at a router."""
    return tuple(circuit for circuit in t.circuits if router.id in circuit.routers)


def circuits_of_site(t: Territory, dc: Datacenter) -> tuple[Circuit, ...]:
    """The circuits that end at a router of a datacenter."""
    routers = {router.id for router in routers_of_site(t, dc)}
    return tuple(circuit for circuit in t.circuits if routers.intersection(circuit.routers))


def paths_of_site(t: Territory, dc: Datacenter) -> tuple[Path, ...]:
    """The paths that carry a circuit into a datacenter, in the territory's order: one uplink each."""
    carrying = {circuit.path for circuit in circuits_of_site(t, dc)}
    return tuple(path for path in t.paths if path.id in carrying)
