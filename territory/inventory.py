"""What Ansible is told about a host: its groups, and variables named after the roles that read them. Pure.

Values are plain: text, numbers, truth, lists and mappings of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address
from typing import Any

from territory import addressing, cloud_addressing, topology
from territory.calls import ADMIN_PORT
from territory.hosts import ROUTERS, Host, HostRole, bastions, hosts
from territory.model import Territory, Zone
from territory.openings import openings, ssh_sources


def host_groups(host: Host) -> tuple[str, ...]:
    """The groups a host is in, as `<kind>_<id>` with underscores for dashes. Example: `role_border_router`."""
    named = {
        "site": host.site,
        "zone": host.zone.value,
        "role": host.role.value,
        "commune": host.commune,
        "criticality": host.criticality.value,
        "level": host.level.value,
    }
    return tuple(f"{kind}_{value.lower().replace('-', '_')}" for kind, value in named.items() if value)


def host_variables(t: Territory, host: Host) -> dict[str, Any]:
    """The variables of a host; equal territories give equal ones, so a digest of them tells whether it changed."""
    return {
        "host_address": str(host.address),
        "host_role": host.role.value,
        "host_level": host.level.value,
        "host_site": host.site,
        "host_zone": host.zone.value,
        "host_commune": host.commune or "",
        "host_service": host.service or "",
        "host_criticality": host.criticality.value,
        "firewall_openings": [
            {
                "name": opening.name,
                "protocol": opening.protocol.value,
                "port": opening.port,
                "sources": [str(source) for source in opening.sources],
            }
            for opening in openings(t, host)
        ],
        "firewall_forwards": host.role in ROUTERS,
        "ssh_sources": [str(source) for source in ssh_sources(t, host)],
        "ssh_forward_to": [f"{address}:{ADMIN_PORT}" for address in _forwards_to(t, host)],
        "journal_receivers": [
            {"name": receiver.name, "address": str(receiver.address)} for receiver in _receivers(t, host)
        ],
        "journal_receives": host.role is HostRole.BASTION,
        "time_servers": [str(address) for address in _time_servers(t, host)],
    }


def _forwards_to(t: Territory, host: Host) -> Iterable[IPv4Address]:
    """Where its ssh server forwards to: from a bastion to all who answer it, from a router to its communes' routers."""
    if host.role is HostRole.BASTION:
        answering = (other for other in hosts(t) if other.role is not HostRole.COMMUNE_ROUTER and other != host)
        return [other.address for other in answering]
    if host.role is not HostRole.BORDER_ROUTER:
        return []
    return [way.address for other in hosts(t) for way in other.ways if way.jump == host.name]


def _receivers(t: Territory, host: Host) -> Iterable[Host]:
    """The bastions of all sites but the host itself; none for a public host, which the cloud lets reach no bastion."""
    return [] if host.role is HostRole.PUBLIC else [other for other in bastions(t) if other != host]


def _time_servers(t: Territory, host: Host) -> Iterable[IPv4Address]:
    if host.role is HostRole.PUBLIC:
        return [cloud_addressing.TIME_SERVER]
    if host.role is HostRole.COMMUNE_ROUTER:  # it is its zones' gateway itself
        return [addressing.zone_gateway(t, dc, Zone.ADMIN) for dc in t.datacenters]
    return [addressing.zone_gateway(t, topology.datacenter(t, host.site), host.zone)]
