"""VSPHERE-101: what belongs to a site is made in that site's vCenter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from planning.urns import ROOT_STACK_TYPE
from policies.answers import Outcomes, Problem, Severity
from policies.declared import provider_name, vcenter_provider
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource


def check(platform: Platform) -> Outcomes:
    """Tell the site from the name of a resource and of the components around it; compare with its provider."""
    t = platform.territory
    vcenters = {vcenter_provider(dc.id) for dc in t.datacenters}
    owners = {dc.id: dc.id for dc in t.datacenters} | {commune.slug: commune.vcenter for commune in t.communes}
    longest_first = dict(sorted(owners.items(), key=lambda owner: -len(owner[0])))
    for resource in platform:
        if resource.planned.package != "vsphere" or not resource.planned.is_deployable:
            continue
        found = provider_name(resource)
        site = _site(resource, longest_first)
        if found not in vcenters:
            yield Problem(
                f"is made by {found or 'no provider'}, which is no datacenter's vCenter", subject=resource.urn
            )
        elif site is not None and found != vcenter_provider(site):
            yield Problem(f"belongs to {site} and is made by {found}", subject=resource.urn)


def _site(resource: Resource, owners: Mapping[str, str]) -> str | None:
    """The datacenter that the outermost name speaks of: the tag of a commune in lac's vCenter is lac's."""
    for part in reversed(list(_own_parts(resource))):
        for name, datacenter in owners.items():
            if part == name or part.startswith(f"{name}-"):
                return datacenter
    return None


def _own_parts(resource: Resource) -> Iterator[str]:
    """What each name adds to that of the component around it, innermost first: `vm`, `lac-router-1`, `interconnect`."""
    names = [resource.name]
    parent = resource.planned.parent
    while parent is not None and (around := resource.stack.by_urn.get(parent)) is not None:
        if around.type != ROOT_STACK_TYPE:
            names.append(around.name)
        parent = around.planned.parent
    for inner, outer in pairwise(names):
        yield inner.removeprefix(f"{outer}-")
    yield names[-1]


RULE = TerritoryRule(
    id="VSPHERE-101",
    title="Each vSphere resource is made in its own site's vCenter",
    severity=Severity.HIGH,
    rationale="A router of one site that is made in the other leaves the first without it, and both on one fate.",
    remediation="Pass the provider vcenter-<site> of the resource's own site: ResourceOptions(provider=…).",
    reads_no_value=True,
    check=check,
)
