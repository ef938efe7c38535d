"""The edge fleet as names: things, roles, topics. Pure; what may be said where follows from it.

An event goes to `<territory>/edge/<thing>/<service>/events`, orders come on `<territory>/edge/<thing>/orders`. The
service is in the topic, not the device: one set of sensors feeds several services, and each takes its own topic.
"""

from __future__ import annotations

from territory.model import CloudRegion, EdgeKind, EdgeSite, Service, Territory

SITE_LEVEL, SERVICE_LEVEL = 3, 4
"""Where in an event's topic the thing and the service stand, counted from 1 as AWS IoT does."""

ANY_THING = "+"
"""MQTT's wildcard for one level."""


def home_region(t: Territory) -> CloudRegion:
    """The cloud region the fleet is joined to: the first that is declared."""
    return t.cloud_regions[0]


def thing_name(t: Territory, site: EdgeSite) -> str:
    """Unique in the account, and the gateway's MQTT client id: no identifier has an underscore in it.

    Example: `bordeaux_quai-des-chartrons-lamp-12`.
    """
    return f"{t.name}_{site.id}"


def group_name(t: Territory, sector: str | None = None) -> str:
    """All things of the territory, or of one sector. Example: `bordeaux`, `bordeaux_graves`."""
    return t.name if sector is None else f"{t.name}_{sector}"


def role_name(t: Territory, kind: EdgeKind) -> str:
    """What gateways of a kind are and may say: the name of their type and policy. Example: `bordeaux_lamp-post`."""
    return f"{t.name}_{kind}"


def event_topic(t: Territory, thing: str, service: str) -> str:
    """Where a thing says what happened, for one service; `ANY_THING` for all things."""
    return f"{t.name}/edge/{thing}/{service}/events"


def order_topic(t: Territory, thing: str) -> str:
    """Where a thing is told what to do."""
    return f"{t.name}/edge/{thing}/orders"


def rule_name(t: Territory, service: Service) -> str:
    """Letters, digits and underscores only; no identifier has two hyphens in a row.

    Example: `bordeaux__flood_control`.
    """
    return f"{t.name}__{service.id}".replace("-", "_")


def sites_of_sector(t: Territory, sector: str) -> tuple[EdgeSite, ...]:
    """The edge sites in the communes of a sector."""
    communes = {commune.insee for commune in t.communes if commune.sector == sector}
    return tuple(site for site in t.edge_sites if site.commune in communes)


def kinds(t: Territory) -> tuple[EdgeKind, ...]:
    """The kinds of edge site that exist here, in alphabetical order."""
    return tuple(sorted({site.kind for site in t.edge_sites}))


def services_of_kind(t: Territory, kind: EdgeKind) -> tuple[str, ...]:
    """The services that sites of a kind feed, in the territory's order."""
    fed = {service for site in t.edge_sites if site.kind == kind for service in site.services}
    return tuple(service.id for service in t.services if service.id in fed)


def fed_services(t: Territory) -> tuple[Service, ...]:
    """The services that some edge site feeds, in the territory's order."""
    fed = {service for site in t.edge_sites for service in site.services}
    return tuple(service for service in t.services if service.id in fed)
