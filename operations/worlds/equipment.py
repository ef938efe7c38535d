"""What stands in datacenters and communes before Pulumi: hosts, their disks, and the fibre of each network card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from territory import naming
from territory.model import Commune, Datacenter, Territory
from territory.topology import paths_of_commune, paths_of_site

DATASTORE_GIB = 4096
LOCAL_DATASTORE_GIB = 512
TEMPLATE = {"guest_id": "debian12_64Guest", "cpus": 1, "memory_mib": 512, "disk_gib": 8}


def equipment(territory: Territory, datacenter: Datacenter) -> dict[str, Any]:
    """Everything that one vCenter can be given: its datacenter's, and the points of presence it manages."""
    communes = [commune for commune in territory.communes if commune.vcenter == datacenter.id]
    local = [naming.point_of_presence_datastore(commune) for commune in communes]
    return {
        "datastores": [
            {"name": datacenter.datastore, "capacity_gib": DATASTORE_GIB},
            *({"name": name, "capacity_gib": LOCAL_DATASTORE_GIB} for name in local),
        ],
        "templates": [{"name": datacenter.template, **TEMPLATE, "datastore": datacenter.datastore}],
        "hosts": [
            *_hosts(territory, datacenter),
            *(_point_of_presence(territory, commune) for commune in communes),
        ],
    }


def _hosts(territory: Territory, datacenter: Datacenter) -> list[dict[str, Any]]:
    fibres = (
        f"{datacenter.id}-lan-a",
        f"{datacenter.id}-lan-b",
        *(path.id for path in paths_of_site(territory, datacenter)),
    )
    return [
        {
            "name": host.name,
            "cpu_cores": host.cpu_cores,
            "memory_gib": host.memory_gib,
            "feed": host.feed,
            "datastores": [datacenter.datastore],
            "templates": [datacenter.template],
            "nics": _nics(fibres),
        }
        for host in datacenter.hosts
    ]


def _point_of_presence(territory: Territory, commune: Commune) -> dict[str, Any]:
    return {
        "name": naming.point_of_presence_name(commune),
        "cpu_cores": commune.point_of_presence.cpu_cores,
        "memory_gib": commune.point_of_presence.memory_gib,
        "feed": f"{commune.slug}-mains",
        "datastores": [naming.point_of_presence_datastore(commune)],
        "templates": [],
        "nics": _nics((f"{commune.slug}-lan", *paths_of_commune(territory, commune))),
    }


def _nics(fibres: Iterable[str]) -> list[dict[str, str]]:
    return [{"device": f"vmnic{index}", "fibre": fibre} for index, fibre in enumerate(fibres)]
