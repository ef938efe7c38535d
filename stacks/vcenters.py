"""One explicit provider for each vCenter: a stack with two of them has no default one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pulumi_vsphere as vsphere

from stacks.settings import Settings
from territory.model import Datacenter


def vcenter_providers(datacenters: Iterable[Datacenter], settings: Settings) -> Mapping[str, vsphere.Provider]:
    """Datacenter, of those given, to the provider every one of its resources has to name."""
    providers: dict[str, vsphere.Provider] = {}
    for dc in datacenters:
        vcenter = settings.vcenter(dc)
        providers[dc.id] = vsphere.Provider(
            f"vcenter-{dc.id}",
            vsphere_server=vcenter.server,
            user=vcenter.user,
            password=vcenter.password,
            allow_unverified_ssl=vcenter.allow_unverified_ssl,
        )
    return providers
