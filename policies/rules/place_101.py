"""PLACE-101: every replica that is declared is planned, and a vital service's in every datacenter."""

from __future__ import annotations

from collections.abc import Iterator

from policies.answers import Outcomes, Problem, Severity
from policies.declared import cloud_provider, guests, provider_name, vcenter_provider
from policies.resource_types import INSTANCE
from policies.rule import TerritoryRule
from policies.subjects import Platform
from territory import naming
from territory.model import Asset, Criticality, Service, Territory


def check(platform: Platform) -> Outcomes:
    """Look for each replica by name, under the provider of the site it belongs to."""
    t = platform.territory
    there = set(guests(platform))
    there |= {(provider_name(host), host["tags"]["Name"].text()) for host in platform.of(INSTANCE)}
    for service in t.services:
        for asset in service.assets:
            for site, name in _replicas(t, service, asset):
                if name not in there:
                    yield Problem(f"has no {name[1]} in {site}, where it is declared", subject=f"service {service.id}")
            if service.criticality is Criticality.VITAL:
                missing = [dc.id for dc in t.datacenters if not _stands_in(dc.id, t, service, asset, there)]
                if missing:
                    yield Problem(
                        f"is vital, and nothing of its {asset.id} is planned in {' nor in '.join(missing)}",
                        subject=f"service {service.id}",
                    )


def _replicas(t: Territory, service: Service, asset: Asset) -> Iterator[tuple[str, tuple[str, str]]]:
    for dc in t.datacenters:
        for name in naming.asset_guest_names(dc, service, asset):
            yield dc.id, (vcenter_provider(dc.id), name)
    for region in t.cloud_regions:
        for name in naming.asset_guest_names(region, service, asset):
            yield region.id, (cloud_provider(region.id), name)


def _stands_in(site: str, t: Territory, service: Service, asset: Asset, there: set[tuple[str, str]]) -> bool:
    return any(name in there for where, name in _replicas(t, service, asset) if where == site)


RULE = TerritoryRule(
    id="PLACE-101",
    title="Each vital service has a replica in every datacenter, and no declared replica is missing",
    severity=Severity.CRITICAL,
    rationale="A datacenter burns or floods as a whole; what stands in one of them only is gone with it.",
    remediation="Declare the asset with sites: [every datacenter], and let the stack of services plan each replica.",
    check=check,
)
