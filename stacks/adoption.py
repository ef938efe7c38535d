"""What a stack's configuration says exists already, under `metropole:existing`.

A name nobody knows is refused: it would leave the object unadopted, and a second one would be made beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.datacenters.existing import ExistingCluster, ExistingObjects
from components.datacenters.inventory import Folder
from components.datacenters.site import Category
from stacks.configuration import (
    Configuration,
    SettingsError,
    mapping,
    refuse_unknown,
    set_path_command,
    text,
    texts_by_name,
)
from territory import topology
from territory.model import Territory, Zone

KEY = "existing"
_SINGLE = ("datacenterId", "clusterId", "rootPoolId", "fabricId", "interconnectId")
_MAPPINGS = ("hostIds", "folderIds", "zoneNetworkIds", "tagCategoryIds", "circuitNetworkIds")
_LIES_IN = {
    "clusterId": "datacenterId",
    "hostIds": "clusterId",
    "fabricId": "datacenterId",
    "interconnectId": "datacenterId",
    "folderIds": "datacenterId",
    "zoneNetworkIds": "datacenterId",
    "circuitNetworkIds": "datacenterId",
}
"""What cannot exist without what: the one would be looked for inside something that is only just made."""


def read_existing(config: Configuration) -> Mapping[str, ExistingObjects]:
    """Datacenter to what it already has. Raises `SettingsError`."""
    return {dc: _existing(f"{KEY}.{dc}", mapping(f"{KEY}.{dc}", value)) for dc, value in config.mapping(KEY).items()}


def check_existing(territory: Territory, existing: Mapping[str, ExistingObjects]) -> None:
    """Raise `SettingsError` unless every datacenter, host and circuit that is named is the territory's."""
    refuse_unknown(KEY, existing, [dc.id for dc in territory.datacenters], noun="datacenter")
    for id_, objects in existing.items():
        dc = topology.datacenter(territory, id_)
        links = (*topology.circuits_of_site(territory, dc), *topology.access_networks_of_site(territory, dc))
        refuse_unknown(f"{KEY}.{id_}.hostIds", objects.host_ids, [host.name for host in dc.hosts], noun="host")
        refuse_unknown(
            f"{KEY}.{id_}.circuitNetworkIds",
            objects.circuit_network_ids,
            [link.id for link in links],
            noun="circuit or access network",
        )


def _existing(key: str, entry: Mapping[str, Any]) -> ExistingObjects:
    refuse_unknown(key, entry, (*_SINGLE, *_MAPPINGS))
    for name in entry:
        if (around := _LIES_IN.get(name)) and around not in entry:
            raise SettingsError(
                f"{key}.{around}", f"is not set, but {name} is", set_path_command(f"{key}.{around}", "ID")
            )
    ids = {name: text(f"{key}.{name}", entry[name]) for name in _SINGLE if name in entry}
    cluster = None
    if "clusterId" in ids or "rootPoolId" in ids:
        cluster = ExistingCluster(
            id=text(f"{key}.clusterId", ids.get("clusterId")),
            root_pool_id=text(f"{key}.rootPoolId", ids.get("rootPoolId")),
        )
    named = {name: entry.get(name, {}) for name in _MAPPINGS}
    folders = texts_by_name(f"{key}.folderIds", named["folderIds"], Folder)
    zones = texts_by_name(f"{key}.zoneNetworkIds", named["zoneNetworkIds"], Zone)
    categories = texts_by_name(f"{key}.tagCategoryIds", named["tagCategoryIds"], Category)
    return ExistingObjects(
        datacenter_id=ids.get("datacenterId"),
        cluster=cluster,
        host_ids=texts_by_name(f"{key}.hostIds", named["hostIds"]),
        fabric_id=ids.get("fabricId"),
        interconnect_id=ids.get("interconnectId"),
        folder_ids={Folder(path): id_ for path, id_ in folders.items()},
        zone_network_ids={Zone(zone): id_ for zone, id_ in zones.items()},
        tag_category_ids={Category(name): id_ for name, id_ in categories.items()},
        circuit_network_ids=texts_by_name(f"{key}.circuitNetworkIds", named["circuitNetworkIds"]),
    )
