"""VSPHERE-025: nothing refers to what another vCenter holds."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, each
from policies.resource_types import VSPHERE_PROVIDER
from policies.rule import StackRule
from policies.subjects import Resource, Stack
from policies.vsphere_types import ALL_VSPHERE_TYPES


def check(resource: Resource, stack: Stack) -> Outcomes:
    """Follow each input to what it came from, and compare the providers of both ends."""

    def judge(property_name: str) -> Outcomes:
        for target in stack.targets(resource, property_name):
            if target.type in ALL_VSPHERE_TYPES and not _same_vcenter(stack, resource, target):
                yield Problem(f"comes from {target.name}, which is in another vCenter", property_name)

    yield from each(sorted(resource.planned.property_dependencies), judge)


def _same_vcenter(stack: Stack, one: Resource, other: Resource) -> bool:
    if one.planned.provider_urn == other.planned.provider_urn:
        return True
    return _server(stack, one) == _server(stack, other)


def _server(stack: Stack, resource: Resource) -> str:
    provider = stack.by_urn.get(resource.planned.provider_urn or "")
    if provider is None or provider.type != VSPHERE_PROVIDER:
        return ""
    return provider["vsphereServer"].text()


RULE = StackRule(
    id="VSPHERE-025",
    title="Nothing refers to what another vCenter holds",
    severity=Severity.HIGH,
    types=ALL_VSPHERE_TYPES,
    rationale="Object ids such as host-12 exist in every vCenter and mean something else in each: the apply fails "
    "half way, or takes the wrong object.",
    remediation="Give both resources the provider of the site they stand in.",
    check=check,
)
