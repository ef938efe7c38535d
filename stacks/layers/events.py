"""The layer `events`: where what the edge fleet says arrives, one hub for the whole territory."""

from __future__ import annotations

from components.cloud.key_policies import Purpose
from components.cloud.place import CloudPlace
from components.edge.event_hub import EventHub, EventHubArgs
from stacks.cloud_outputs import CloudOutputs
from stacks.clouds import cloud_providers
from stacks.edge_outputs import EventsOutputs
from stacks.references import Upstream
from stacks.settings import Settings
from territory import edge
from territory.model import Territory


def deploy(territory: Territory, settings: Settings) -> EventsOutputs:
    """Declare queues, store, rules, thing types and gateway policies in the fleet's home region."""
    region = edge.home_region(territory)
    site = CloudOutputs.from_upstream(territory, Upstream(territory, "cloud")).sites[region.id]
    place = CloudPlace(
        provider=cloud_providers(territory, settings)[region.id],
        territory=territory,
        region=region,
        account_id=settings.cloud(region).account_id,
        retention=settings.retention,
    )
    return EventsOutputs(EventHub("events", EventHubArgs(place, site.key_arns[Purpose.DATA], site.boundary_arn)).hub)
