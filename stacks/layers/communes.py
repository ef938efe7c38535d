"""The layer `communes`: the points of presence of one sector."""

from __future__ import annotations

from components.communes.territory_network import TerritoryNetwork, TerritoryNetworkArgs
from stacks.outputs import CommunesOutputs, DatacentersOutputs
from stacks.references import Upstream
from stacks.settings import Settings
from stacks.vcenters import vcenter_providers
from territory import topology
from territory.model import Territory


def deploy(territory: Territory, settings: Settings) -> CommunesOutputs:
    """Declare the points of presence of the sector's communes, each in the vCenter that manages it."""
    upstream = DatacentersOutputs.from_upstream(territory, Upstream(territory, "datacenters"))
    communes = topology.communes_of_sector(territory, settings.part or "")
    vcenters = {commune.vcenter for commune in communes}
    managing = [dc for dc in territory.datacenters if dc.id in vcenters]
    network = TerritoryNetwork(
        "territory-network",
        TerritoryNetworkArgs(
            territory=territory,
            communes=communes,
            providers=vcenter_providers(managing, settings),
            sites=upstream.sites,
            host_passwords={dc.id: settings.host_password(dc) for dc in managing},
            authorized_keys=settings.authorized_keys,
            protect_state=settings.protect_state,
        ),
    )
    return CommunesOutputs(host_ids=network.host_ids, router_ids=network.router_ids)
