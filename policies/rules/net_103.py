"""NET-103: no machine stands with one foot among sensors or the internet's guests and the other in the admin zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.declared import Zones, interfaces, provider_name, vcenter_provider
from policies.resource_types import VSPHERE_DISTRIBUTED_PORT_GROUP, VSPHERE_VIRTUAL_MACHINE
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from territory import naming
from territory.model import COMMUNE_ZONES, Territory, Zone

EXPOSED: Final = (Zone.IOT, Zone.DMZ)


def check(platform: Platform) -> Outcomes:
    """Gather each guest's zones from the addresses it is told and from the port groups of its cards."""
    t = platform.territory
    routers = {(vcenter_provider(commune.vcenter), naming.commune_router_name(commune)) for commune in t.communes}
    groups, everywhere = dict(_port_groups(t)), Zones(t)

    def judge(guest: Resource) -> Outcomes:
        zones = {everywhere.of(interface.ip) for interface in interfaces(guest)}
        for group in guest.stack.targets(guest, "networkInterfaces"):
            if group.type == VSPHERE_DISTRIBUTED_PORT_GROUP:
                zones.add(groups.get(group["name"].text()))
        exposed = [zone.value for zone in EXPOSED if zone in zones]
        if Zone.ADMIN in zones and exposed and (provider_name(guest), guest["name"].text()) not in routers:
            yield Problem(
                f"has cards in the zone admin and in {' and '.join(exposed)}, and is no router that is declared",
                "networkInterfaces",
                subject=guest.urn,
            )

    yield from each(platform.of(VSPHERE_VIRTUAL_MACHINE), judge)


def _port_groups(t: Territory) -> Iterator[tuple[str, Zone]]:
    for dc in t.datacenters:
        yield from ((naming.zone_port_group_name(dc, zone), zone) for zone in Zone)
    for commune in t.communes:
        yield from ((naming.commune_zone_port_group_name(commune, zone), zone) for zone in COMMUNE_ZONES)


RULE = TerritoryRule(
    id="NET-103",
    title="No guest joins the admin zone to the IoT zone or the DMZ",
    severity=Severity.CRITICAL,
    rationale="Sensors and public servers fall first; a machine in both zones leads from there to everything.",
    remediation="Take one of the cards away (networkInterfaces), and go between zones through the site's firewall.",
    check=check,
)
