"""LOG-101: whatever any stack does at the cloud provider is written down by one trail that nobody can switch off."""

from __future__ import annotations

from collections.abc import Callable

from policies.answers import NotKnown, Outcomes, Problem, Severity, all_of, any_of
from policies.declared import cloud_provider, is_set, provider_name
from policies.resource_types import TRAIL
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource


def check(platform: Platform) -> Outcomes:
    """Each region in which a stack makes something is covered by a trail that logs, is validated and encrypted."""
    in_use = {provider_name(resource) for resource in platform if resource.planned.is_deployable}
    trails = platform.of(TRAIL)
    for region in platform.territory.cloud_regions:
        name = cloud_provider(region.id)
        if name not in in_use or any_of(*(_covers(trail, name) for trail in trails)):
            continue
        if platform.shares_its_account:
            yield NotKnown(f"the trail over cloud region {region.id}", "is planned with the account, not in this copy")
        else:
            yield Problem(
                "is covered by no trail that logs management events, is validated and encrypted with a key of ours",
                subject=f"cloud region {region.id}",
            )


def _covers(trail: Resource, provider: str) -> Callable[[], bool]:
    return lambda: all_of(
        lambda: provider_name(trail) == provider or trail["isMultiRegionTrail"].truth(default=False),
        lambda: trail["enableLogging"].truth(default=True),
        lambda: trail["enableLogFileValidation"].truth(default=False),
        lambda: is_set(trail, "kmsKeyId"),
        lambda: _tells_of_management(trail),
    )


def _tells_of_management(trail: Resource) -> bool:
    if trail["advancedEventSelectors"].items:
        return True
    selectors = trail["eventSelectors"].items
    return not selectors or any_of(
        *(
            (
                lambda selector=selector: all_of(
                    lambda: selector["includeManagementEvents"].truth(default=True),
                    lambda: selector["readWriteType"].text("All") == "All",
                )
            )
            for selector in selectors
        )
    )


RULE = TerritoryRule(
    id="LOG-101",
    title="One validated, encrypted trail covers every cloud region in use",
    severity=Severity.HIGH,
    rationale="What is not written down cannot be looked into after an incident, nor reported to the ANSSI in time.",
    remediation="Plan a Trail with isMultiRegionTrail, enableLogging and enableLogFileValidation true, a kmsKeyId, and "
    "an event selector with management events, readWriteType All.",
    check=check,
)
