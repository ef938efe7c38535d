"""Who is joined to whom. The ids of a loaded territory resolve; an unknown one is a programmer's `KeyError`."""

from __future__ import annotations

from territory.model import (
    AccessNetwork,
    Asset,
    BorderRouter,
    Circuit,
    CloudRegion,
    Commune,
    Datacenter,
    Path,
    Placement,
    Service,
    Territory,
)


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


def access_networks_of_router(t: Territory, router: BorderRouter) -> tuple[AccessNetwork, ...]:
    """The access networks over which communes reach a router."""
    return tuple(network for network in t.access_networks if network.router == router.id)


def access_networks_of_site(t: Territory, dc: Datacenter) -> tuple[AccessNetwork, ...]:
    """The access networks of all routers of a datacenter."""
    routers = {router.id for router in routers_of_site(t, dc)}
    return tuple(network for network in t.access_networks if network.router in routers)


def access_networks_of_commune(t: Territory, commune: Commune) -> tuple[AccessNetwork, ...]:
    """The access networks a commune is on, in the commune's order."""
    known = {network.id: network for network in t.access_networks}
    return tuple(known[id_] for id_ in commune.access)


def paths_of_site(t: Territory, dc: Datacenter) -> tuple[Path, ...]:
    """The paths that carry a circuit or access network into a datacenter, in the territory's order: one uplink each."""
    carrying = {link.path for link in (*circuits_of_site(t, dc), *access_networks_of_site(t, dc))}
    return tuple(path for path in t.paths if path.id in carrying)


def paths_of_commune(t: Territory, commune: Commune) -> tuple[str, ...]:
    """The ids of the paths that reach a commune's point of presence, in the commune's order: one uplink each."""
    return tuple(dict.fromkeys(network.path for network in access_networks_of_commune(t, commune)))


def communes_of_sector(t: Territory, sector: str) -> tuple[Commune, ...]:
    """The communes that the sector of that id looks after."""
    return tuple(commune for commune in t.communes if commune.sector == sector)


def private_assets(dc: Datacenter, service: Service) -> tuple[Asset, ...]:
    """The assets of a service that run on the datacenter's own hosts."""
    return tuple(asset for asset in service.assets if asset.placement is Placement.PRIVATE and dc.id in asset.sites)


def public_assets(t: Territory, region: CloudRegion) -> tuple[tuple[Service, Asset], ...]:
    """The assets that live in a region, each with its service."""
    return tuple(
        (service, asset)
        for service in t.services
        for asset in service.assets
        if asset.placement is Placement.PUBLIC and region.id in asset.sites
    )
