"""A service is as safe as its criticality asks for."""

from __future__ import annotations

from collections.abc import Iterator

from territory.errors import Violation
from territory.model import Criticality, Placement, Territory


def check(t: Territory) -> Iterator[Violation]:
    """Vital services run in every datacenter; nothing depends on what is less critical than itself."""
    yield from _vital(t)
    yield from _dependencies(t)


def _vital(t: Territory) -> Iterator[Violation]:
    for i, service in enumerate(t.services):
        if service.criticality is not Criticality.VITAL:
            continue
        for j, asset in enumerate(service.assets):
            missing = [dc.id for dc in t.datacenters if dc.id not in asset.sites]
            if missing:
                everywhere = ", ".join(dc.id for dc in t.datacenters)
                yield Violation(
                    ("services", i, "assets", j, "sites"),
                    f"service {service.id} is vital, and its {asset.placement.value} asset {asset.id} "
                    f"does not run in {' nor in '.join(missing)}",
                    found=", ".join(asset.sites),
                    expected=f"every datacenter: {everywhere}",
                    remedy=f"Write sites: [{everywhere}]"
                    + (" and placement: private." if asset.placement is Placement.PUBLIC else "."),
                )


def _dependencies(t: Territory) -> Iterator[Violation]:
    rank = {criticality: position for position, criticality in enumerate(Criticality)}
    known = {service.id: service for service in t.services}
    for i, service in enumerate(t.services):
        for j, dependency in enumerate(service.depends_on):
            other = known[dependency]
            if rank[other.criticality] > rank[service.criticality]:
                yield Violation(
                    ("services", i, "depends_on", j),
                    f"service {service.id} is {service.criticality.value} and depends on {dependency}, "
                    f"which is only {other.criticality.value}",
                    found=other.criticality.value,
                    expected=f"a service that is itself at least {service.criticality.value}",
                    remedy=f"Make {dependency} {service.criticality.value}, or do without it.",
                )
