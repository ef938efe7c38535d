"""Names derived from ids are unique where they live, and short enough for what they name."""

from __future__ import annotations

from collections.abc import Iterator

from territory import naming, topology
from territory.errors import Violation
from territory.model import COMMUNE_ZONES, CloudRegion, Datacenter, Placement, Territory, Zone
from territory.yaml_source import Pointer

_Entry = tuple[Pointer, str, str]


def check(t: Territory) -> Iterator[Violation]:
    """Guests and port groups: `a-b` with asset `c` and `a` with asset `b-c` would be one name."""
    guests = list(_guests(t))
    yield from _repeated(guests, "guest")
    yield from _repeated(_port_groups(t), "port group")
    for pointer, name, owner in guests:
        if len(name) > naming.LONGEST_GUEST_NAME:
            yield Violation(
                pointer,
                f"{owner} would be a guest of {len(name)} characters, {name}: longer than a host name may be",
                found=f"{len(name)} characters",
                expected=f"at most {naming.LONGEST_GUEST_NAME} (RFC 1035)",
                remedy="Shorten one of the ids it is made of.",
            )
    yield from _long_buckets(t)


def _long_buckets(t: Territory) -> Iterator[Violation]:
    for i, region in enumerate(t.cloud_regions):
        name = naming.bucket_name(t, region, "backup", "0" * naming.ACCOUNT_ID_DIGITS)
        if len(name) > naming.LONGEST_BUCKET_NAME:
            yield Violation(
                ("cloud_regions", i, "id"),
                f"the backup bucket of cloud region {region.id} would have a name of {len(name)} characters, {name}",
                found=f"{len(name)} characters",
                expected=f"at most {naming.LONGEST_BUCKET_NAME}",
                remedy="Shorten the region's id or the territory's name.",
            )


def _guests(t: Territory) -> Iterator[_Entry]:
    for i, dc in enumerate(t.datacenters):
        yield ("datacenters", i, "id"), naming.bastion_name(dc), f"the bastion of {dc.id}"
        yield from ((("datacenters", i, "hosts", j, "name"), h.name, f"host {h.name}") for j, h in enumerate(dc.hosts))
        yield from _asset_guests(t, dc, Placement.PRIVATE)
    for region in t.cloud_regions:
        yield from _asset_guests(t, region, Placement.PUBLIC)
    for i, router in enumerate(t.border_routers):
        yield ("border_routers", i, "id"), router.id, f"border router {router.id}"
    for i, commune in enumerate(t.communes):
        where, about = ("communes", i, "insee"), f"of commune {commune.insee}"
        yield where, naming.point_of_presence_name(commune), f"the point of presence {about}"
        yield where, naming.commune_router_name(commune), f"the router {about}"


def _asset_guests(t: Territory, site: Datacenter | CloudRegion, placement: Placement) -> Iterator[_Entry]:
    for i, service in enumerate(t.services):
        for j, asset in enumerate(service.assets):
            if asset.placement is placement and site.id in asset.sites:
                name = naming.asset_guest_name(site, service, asset, 1)
                yield ("services", i, "assets", j, "id"), name, f"asset {asset.id} of service {service.id}"


def _port_groups(t: Territory) -> Iterator[_Entry]:
    for i, dc in enumerate(t.datacenters):
        for zone in Zone:
            yield ("datacenters", i, "id"), naming.zone_port_group_name(dc, zone), f"zone {zone.value} of {dc.id}"
    for i, circuit in enumerate(t.circuits):
        yield ("circuits", i, "id"), circuit.id, f"circuit {circuit.id}"
    for i, network in enumerate(t.access_networks):
        yield ("access_networks", i, "id"), network.id, f"access network {network.id}"
    for i, commune in enumerate(t.communes):
        where, about = ("communes", i, "insee"), f"of commune {commune.insee}"
        for zone in COMMUNE_ZONES:
            yield where, naming.commune_zone_port_group_name(commune, zone), f"zone {zone.value} {about}"
        for network in topology.access_networks_of_commune(t, commune):
            yield where, naming.commune_access_port_group_name(commune, network), f"{network.id} {about}"


def _repeated(entries: list[_Entry] | Iterator[_Entry], kind: str) -> Iterator[Violation]:
    owners: dict[str, str] = {}
    for pointer, name, owner in entries:
        first = owners.setdefault(name, owner)
        if first is not owner:
            yield Violation(
                pointer,
                f"{owner} and {first} would both be the {kind} {name}",
                found=name,
                expected=f"a {kind} name of its own",
                remedy="Rename one of the two.",
            )
