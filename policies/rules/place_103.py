"""PLACE-103: nothing of the territory is made, copied or looked after in a region of another country."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from policies.answers import Outcomes, Problem, Severity, each
from policies.declared import cloud_provider
from policies.resource_types import AWS_PROVIDER, BACKUP_PLAN, INSTANCE, SUBNET, TABLE
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from policies.values import Node
from territory.model import CloudRegion

COUNTRY: Final = "FR"
"""Communes are known by their INSEE code: the country of a territory is France."""

_REGION_OF_ARN: Final = re.compile(r"^arn:[^:]*:[^:]*:([^:]*):")
_ZONE_LETTER: Final = re.compile(r"[a-z]$")


def check(platform: Platform) -> Outcomes:
    """Providers work in the region they are declared for, regions are in the country, and nothing is copied out."""
    t = platform.territory
    for region in t.cloud_regions:
        if region.country != COUNTRY:
            yield Problem(
                f"is in {region.country}; data of the territory stays in {COUNTRY}", subject=f"cloud region {region.id}"
            )
    regions = {cloud_provider(region.id): region for region in t.cloud_regions}
    allowed = frozenset(region.provider_region for region in t.cloud_regions if region.country == COUNTRY)
    yield from each(platform.of(AWS_PROVIDER), partial(_provider, regions))
    cloud = [resource for resource in platform if resource.planned.package == "aws" and resource.planned.is_deployable]
    yield from each(cloud, lambda resource: each(_places(resource), partial(_stays, resource, allowed)))


def _provider(regions: dict[str, CloudRegion], provider: Resource) -> Outcomes:
    declared = regions.get(provider.name)
    if declared is None:
        yield Problem("is of no cloud region that is declared", subject=provider.urn)
        return
    found = provider["region"].text()
    if found != declared.provider_region:
        yield Problem(
            f"works in {found or 'the region of its environment'}; {declared.id} is {declared.provider_region}",
            "region",
            subject=provider.urn,
        )


def _places(resource: Resource) -> Iterator[Node]:
    """Every property of a resource that can name a region."""
    yield resource["region"]
    if resource.type in (INSTANCE, SUBNET):
        yield resource["availabilityZone"]
    if resource.type == TABLE:
        yield from (replica["regionName"] for replica in resource["replicas"].items)
    if resource.type == BACKUP_PLAN:
        for rule in resource["rules"].items:
            yield from (copy["destinationVaultArn"] for copy in rule["copyActions"].items)


def _stays(resource: Resource, allowed: frozenset[str], node: Node) -> Outcomes:
    named = node.text()
    arn = _REGION_OF_ARN.match(named)
    region = arn.group(1) if arn else _ZONE_LETTER.sub("", named)
    if region and region not in allowed:
        yield Problem(f"is in {region}; expected {', '.join(sorted(allowed))}", node.path, subject=resource.urn)


RULE = TerritoryRule(
    id="PLACE-103",
    title="Data of the territory stays in the country",
    severity=Severity.CRITICAL,
    rationale="Registers, images and telemetry of inhabitants that are kept abroad fall under the law of that country.",
    remediation="Name a region of the country: the provider's region, availabilityZone, replicas[].regionName and "
    "copyActions[].destinationVaultArn.",
    check=check,
)
