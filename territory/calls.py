"""Who opens connections to whom: what follows from services, zones and dependencies, for every firewall there is. Pure.

Security groups of the cloud and the hosts' own firewalls both derive from this, so neither can say more than it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from territory.model import Asset, Service, Territory, Zone

PORTS: Mapping[Zone, int] = {Zone.ADMIN: 22, Zone.SERVICES: 443, Zone.DATA: 5432, Zone.DMZ: 443, Zone.IOT: 8883}
"""What an asset answers on, by the zone it is in; all of them TCP and all of them encrypted."""
ADMIN_PORT = 22


def called_by(t: Territory, service: Service, asset: Asset) -> Iterator[tuple[Service, Asset]]:
    """Whom an asset opens connections to: the rest of its service, and the open ends of what the service needs.

    What keeps data calls nobody but others that keep data, to copy it.
    """
    if asset.zone is Zone.DATA:
        yield from ((service, other) for other in service.assets if other.zone is Zone.DATA and _is_other(asset, other))
        return
    yield from ((service, other) for other in service.assets if _is_other(asset, other))
    for other_service in t.services:
        if other_service.id in service.depends_on:
            yield from ((other_service, other) for other in other_service.assets if other.zone is not Zone.DATA)


def callers_of(t: Territory, service: Service, asset: Asset) -> Iterator[tuple[Service, Asset]]:
    """Who opens connections to an asset: all those that `called_by` yields it for."""
    for other_service in t.services:
        for other in other_service.assets:
            if (service, asset) in called_by(t, other_service, other):
                yield other_service, other


def open_to_communes(asset: Asset) -> bool:
    """Whether the territory's people, and what stands in their streets, reach the asset: from any commune."""
    return asset.zone in (Zone.DMZ, Zone.IOT)


def _is_other(asset: Asset, other: Asset) -> bool:
    """Replicas of one asset are others to one another, in one site or in several."""
    return other != asset or other.replicas * len(other.sites) > 1
