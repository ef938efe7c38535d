"""The layer `network`: the circuits between the datacenters and the border routers that end them."""

from __future__ import annotations

from components.datacenters.interconnect import Interconnect, InterconnectArgs
from stacks.outputs import DatacentersOutputs, NetworkOutputs
from stacks.references import Upstream
from stacks.settings import Settings
from stacks.vcenters import vcenter_providers
from territory.model import Territory


def deploy(territory: Territory, settings: Settings) -> NetworkOutputs:
    """Declare the territory's interconnect on the datacenters that stand."""
    upstream = DatacentersOutputs.from_upstream(territory, Upstream(territory, "datacenters"))
    interconnect = Interconnect(
        "interconnect",
        InterconnectArgs(
            territory=territory,
            providers=vcenter_providers(territory.datacenters, settings),
            sites=upstream.sites,
            authorized_keys=settings.authorized_keys,
            existing_network_ids={dc: existing.circuit_network_ids for dc, existing in settings.existing.items()},
        ),
    )
    return NetworkOutputs(circuit_network_ids=interconnect.network_ids, router_ids=interconnect.router_ids)
