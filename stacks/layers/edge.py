"""The layer `edge`: the gateways of one sector and the certificates they are known by."""

from __future__ import annotations

from components.cloud.place import CloudPlace
from components.edge.fleet import EdgeFleet, EdgeFleetArgs
from stacks.clouds import cloud_providers
from stacks.edge_outputs import EdgeOutputs, EventsOutputs
from stacks.references import Upstream
from stacks.settings import Settings
from stacks.signing_requests import folder_of, read_signing_requests
from territory import edge
from territory.model import Territory


def deploy(territory: Territory, settings: Settings) -> EdgeOutputs:
    """Declare the fleet of the stack's sector on the event hub that stands."""
    region = edge.home_region(territory)
    sector = next(sector for sector in territory.sectors if sector.id == settings.part)
    sites = edge.sites_of_sector(territory, sector.id)
    requests = read_signing_requests(folder_of(settings.territory, settings.signing_requests), sites)
    fleet = EdgeFleet(
        "edge",
        EdgeFleetArgs(
            place=CloudPlace(
                provider=cloud_providers(territory, settings)[region.id],
                territory=territory,
                region=region,
                account_id=settings.cloud(region).account_id,
                retention=settings.retention,
            ),
            sector=sector,
            hub=EventsOutputs.from_upstream(territory, Upstream(territory, "events")).hub,
            signing_requests=requests,
        ),
    )
    return EdgeOutputs(
        thing_names=fleet.thing_names,
        certificate_arns=fleet.certificate_arns,
        not_enrolled=tuple(site.id for site in sites if site.id not in requests),
    )
