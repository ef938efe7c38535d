"""The layer `services`: the guests that private assets run on."""

from __future__ import annotations

import pulumi

from components.datacenters.service_hosts import ServiceHosts, ServiceHostsArgs
from stacks.outputs import DatacentersOutputs, ServicesOutputs
from stacks.references import Upstream
from stacks.settings import Settings
from stacks.vcenters import vcenter_providers
from territory.model import Territory


def deploy(territory: Territory, settings: Settings) -> ServicesOutputs:
    """Declare the service hosts of every datacenter that stands."""
    upstream = DatacentersOutputs.from_upstream(territory, Upstream(territory, "datacenters"))
    providers = vcenter_providers(territory.datacenters, settings)
    guest_ids: dict[str, pulumi.Output[str]] = {}
    for dc in territory.datacenters:
        guest_ids |= ServiceHosts(
            f"{dc.id}-services",
            ServiceHostsArgs(
                provider=providers[dc.id],
                territory=territory,
                datacenter=dc,
                site=upstream.sites[dc.id],
                authorized_keys=settings.authorized_keys,
                protect_state=settings.protect_state,
            ),
        ).guest_ids
    return ServicesOutputs(guest_ids=guest_ids)
