"""The layer `datacenters`: both datacenters with their hosts, switches, folders, rights and bastions."""

from __future__ import annotations

from components.datacenters.datacenter import Datacenter, DatacenterArgs
from components.datacenters.existing import ExistingObjects
from stacks.outputs import DatacentersOutputs
from stacks.settings import Settings
from stacks.vcenters import vcenter_providers
from territory.model import Territory


def deploy(territory: Territory, settings: Settings) -> DatacentersOutputs:
    """Declare every datacenter of the territory, each in its own vCenter."""
    providers = vcenter_providers(territory.datacenters, settings)
    datacenters = {
        dc.id: Datacenter(
            dc.id,
            DatacenterArgs(
                provider=providers[dc.id],
                territory=territory,
                datacenter=dc,
                host_password=settings.host_password(dc),
                authorized_keys=settings.authorized_keys,
                groups=settings.groups,
                existing=settings.existing.get(dc.id, ExistingObjects()),
                protect_state=settings.protect_state,
            ),
        )
        for dc in territory.datacenters
    }
    return DatacentersOutputs(
        sites={id_: datacenter.site for id_, datacenter in datacenters.items()},
        bastion_ids={id_: datacenter.bastion_id for id_, datacenter in datacenters.items()},
    )
