"""PLACE-102: the border routers of a site never share a hypervisor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from policies.answers import Outcomes, Problem, Severity, all_of, any_of
from policies.declared import guests, vcenter_provider
from policies.resource_types import VSPHERE_ANTI_AFFINITY_RULE
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource
from territory import topology


def check(platform: Platform) -> Outcomes:
    """Find, for each datacenter, one rule that is on, mandatory, and names all of its routers' machines."""
    machines = guests(platform)
    for dc in platform.territory.datacenters:
        routers = topology.routers_of_site(platform.territory, dc)
        planned = [machines.get((vcenter_provider(dc.id), router.id)) for router in routers]
        standing = [machine for machine in planned if machine is not None]
        if len(standing) < 2:
            continue
        rules = [
            partial(_binds, rule)
            for rule in platform.of(VSPHERE_ANTI_AFFINITY_RULE)
            if set(standing).issubset(rule.stack.targets(rule, "virtualMachineIds"))
        ]
        if not any_of(*rules):
            names = ", ".join(router.id for router in routers)
            yield Problem(f"has no mandatory rule that keeps {names} on different hosts", subject=f"datacenter {dc.id}")


def _binds(rule: Resource) -> bool:
    conditions: tuple[Callable[[], bool], ...] = (
        lambda: rule["mandatory"].truth(default=False),
        lambda: rule["enabled"].truth(default=True),
    )
    return all_of(*conditions)


RULE = TerritoryRule(
    id="PLACE-102",
    title="The border routers of a site are kept apart by a mandatory rule",
    severity=Severity.CRITICAL,
    rationale="Two routers on one host are one router: the host fails, and the site is off the territory.",
    remediation="Plan one ComputeClusterVmAntiAffinityRule a site with all its routers in virtualMachineIds, "
    "mandatory: true.",
    check=check,
)
