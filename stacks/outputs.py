"""What each layer hands to the layers and people after it: typed here, plain objects in the stack's outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.datacenters.site import Site, Template
from components.datacenters.tags import vocabulary
from stacks.references import OutputsByKey, Upstream
from territory.hosts import Host, HostRole
from territory.model import Criticality, Territory, Zone


@dataclass(frozen=True)
class DatacentersOutputs:
    """What the layer `datacenters` leaves behind."""

    sites: Mapping[str, Site]
    """Datacenter to what guests and links need of it."""
    bastion_ids: Mapping[str, pulumi.Input[str]]
    """Datacenter to the UUID of its bastion."""

    def to_dict(self) -> dict[str, Any]:
        """As the stack's outputs."""
        return {
            "sites": {id_: _site_to_dict(site) for id_, site in self.sites.items()},
            "bastionIds": dict(self.bastion_ids),
        }

    @classmethod
    def from_upstream(cls, territory: Territory, upstream: Upstream) -> DatacentersOutputs:
        """From another stack's program."""
        ids = [dc.id for dc in territory.datacenters]
        return cls(
            sites={id_: _site_from_upstream(territory, upstream, id_) for id_ in ids},
            bastion_ids={id_: upstream.output("bastionIds", id_) for id_ in ids},
        )


@dataclass(frozen=True)
class NetworkOutputs:
    """What the layer `network` leaves behind."""

    circuit_network_ids: Mapping[str, Mapping[str, pulumi.Input[str]]]
    """Datacenter to circuit to port group."""
    router_ids: Mapping[str, pulumi.Input[str]]
    """Border router to UUID."""

    def to_dict(self) -> dict[str, Any]:
        """As the stack's outputs."""
        return {"circuitNetworkIds": self.circuit_network_ids, "routerIds": self.router_ids}


@dataclass(frozen=True)
class ServicesOutputs:
    """What the layer `services` leaves behind."""

    guest_ids: Mapping[str, pulumi.Input[str]]
    """Host name to UUID."""

    def to_dict(self) -> dict[str, Any]:
        """As the stack's outputs."""
        return {"guestIds": self.guest_ids}


@dataclass(frozen=True)
class CommunesOutputs:
    """What a stack of the layer `communes` leaves behind."""

    host_ids: Mapping[str, pulumi.Input[str]]
    """INSEE code to the managed object id of the commune's hypervisor."""
    router_ids: Mapping[str, pulumi.Input[str]]
    """INSEE code to the UUID of the commune's router."""

    def to_dict(self) -> dict[str, Any]:
        """As the stack's outputs."""
        return {"hostIds": dict(self.host_ids), "routerIds": dict(self.router_ids)}


@dataclass(frozen=True)
class HostsOutputs:
    """What the layer `hosts` leaves behind."""

    hosts: Sequence[str]
    """The names of all that are hardened."""

    def to_dict(self) -> dict[str, Any]:
        """As the stack's outputs."""
        return {"hosts": list(self.hosts)}


def machine_id(upstream: Upstream, host: Host) -> pulumi.Output[str]:
    """The machine that stands for a host, from the stack that declares it."""
    paths: Mapping[HostRole, tuple[str, ...]] = {
        HostRole.BASTION: ("bastionIds", host.site),
        HostRole.BORDER_ROUTER: ("routerIds", host.name),
        HostRole.COMMUNE_ROUTER: ("routerIds", host.commune or ""),
        HostRole.SERVICE: ("guestIds", host.name),
        HostRole.PUBLIC: ("sites", host.site, "hostIds", host.name),
    }
    return upstream.output(*paths[host.role])


def _site_to_dict(site: Site) -> dict[str, Any]:
    return {
        "datacenterId": site.datacenter_id,
        "clusterId": site.cluster_id,
        "datastoreId": site.datastore_id,
        "interconnectId": site.interconnect_id,
        "template": {
            "uuid": site.template.uuid,
            "guestId": site.template.guest_id,
            "firmware": site.template.firmware,
            "diskGib": site.template.disk_gib,
        },
        "zoneNetworkIds": {zone.value: id_ for zone, id_ in site.zone_network_ids.items()},
        "poolIds": {criticality.value: id_ for criticality, id_ in site.pool_ids.items()},
        "tagIds": {category.value: dict(tags) for category, tags in site.tag_ids.items()},
    }


def _site_from_upstream(territory: Territory, upstream: Upstream, id_: str) -> Site:
    def output(*path: str) -> pulumi.Output[Any]:
        return upstream.output("sites", id_, *path)

    return Site(
        datacenter_id=output("datacenterId"),
        cluster_id=output("clusterId"),
        datastore_id=output("datastoreId"),
        interconnect_id=output("interconnectId"),
        template=Template(
            uuid=output("template", "uuid"),
            guest_id=output("template", "guestId"),
            firmware=output("template", "firmware"),
            # Numbers come back from a stack's state as floats.
            disk_gib=output("template", "diskGib").apply(int),
        ),
        zone_network_ids={zone: output("zoneNetworkIds", zone.value) for zone in Zone},
        pool_ids={criticality: output("poolIds", criticality.value) for criticality in Criticality},
        tag_ids={
            category: OutputsByKey(upstream, ("sites", id_, "tagIds", category.value), tags)
            for category, tags in vocabulary(territory).items()
        },
    )
