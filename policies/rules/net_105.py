"""NET-105: every machine of the plan stands where the address plan puts it."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Address

from policies.answers import Outcomes, Problem, Severity, each
from policies.declared import cloud_provider, interfaces, planned_addresses, provider_name
from policies.resource_types import INSTANCE, VSPHERE_VIRTUAL_MACHINE
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from territory import cloud_addressing, naming
from territory.model import Placement, Territory

_Plan = dict[tuple[str, str], frozenset[IPv4Address]]


def check(platform: Platform) -> Outcomes:
    """Compare what each guest is told at its first boot with what its declaration comes to."""
    t = platform.territory
    yield from each(platform.of(VSPHERE_VIRTUAL_MACHINE), partial(_guest, planned_addresses(t)))
    yield from each(platform.of(INSTANCE), partial(_instance, _in_the_cloud(t)))


def _guest(plan: _Plan, guest: Resource) -> Outcomes:
    expected = plan.get((provider_name(guest), guest["name"].text()))
    if expected is None:
        yield Problem("is declared nowhere: the address plan has no place for it", "name", subject=guest.urn)
        return
    found = [interface.ip for interface in interfaces(guest)]
    if sorted(found) != sorted(expected):
        yield Problem(_differs(found, expected), "extraConfig", subject=guest.urn)


def _instance(plan: _Plan, instance: Resource) -> Outcomes:
    expected = plan.get((provider_name(instance), instance["tags"]["Name"].text()))
    if expected is None:
        yield Problem("is declared nowhere: the address plan has no place for it", "tags.Name", subject=instance.urn)
        return
    found = instance["privateIp"].text()
    if found not in {str(address) for address in expected}:
        yield Problem(f"has {found or 'any address'}; expected {_listed(expected)}", "privateIp", subject=instance.urn)


def _in_the_cloud(t: Territory) -> _Plan:
    return {
        (cloud_provider(region.id), name): frozenset(
            {cloud_addressing.public_address(t, region, service, asset, replica).address}
        )
        for region in t.cloud_regions
        for service in t.services
        for asset in service.assets
        if asset.placement is Placement.PUBLIC
        for replica, name in enumerate(naming.asset_guest_names(region, service, asset), start=1)
    }


def _differs(found: list[IPv4Address], expected: frozenset[IPv4Address]) -> str:
    return f"is told {_listed(found) or 'no address'}; expected {_listed(expected)}"


def _listed(addresses: list[IPv4Address] | frozenset[IPv4Address]) -> str:
    return ", ".join(str(address) for address in sorted(addresses))


RULE = TerritoryRule(
    id="NET-105",
    title="Every machine has the addresses that the address plan gives it",
    severity=Severity.HIGH,
    rationale="Routers, security groups and firewalls name addresses of the plan; a machine elsewhere meets the rules "
    "of another, and two on one address take each other down.",
    remediation="Declare the machine in the territory's services, and let its addresses follow from its number.",
    check=check,
)
