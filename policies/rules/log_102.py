"""LOG-102: in every cloud region in use somebody watches."""

from __future__ import annotations

from functools import partial

from policies.answers import NotKnown, Outcomes, Problem, Severity, any_of
from policies.declared import cloud_provider, provider_name
from policies.resource_types import FLOW_LOG, GUARDDUTY_DETECTOR, VPC
from policies.rule import TerritoryRule
from policies.subjects import Platform, Resource


def check(platform: Platform) -> Outcomes:
    """A detector that is on in each region in use, and flow logs of all traffic for each network."""
    in_use = {provider_name(resource) for resource in platform if resource.planned.is_deployable}
    for region in platform.territory.cloud_regions:
        name = cloud_provider(region.id)
        detectors = [detector for detector in platform.of(GUARDDUTY_DETECTOR) if provider_name(detector) == name]
        if name not in in_use or any_of(*(partial(_is_on, detector) for detector in detectors)):
            continue
        if platform.shares_its_account:
            yield NotKnown(f"the detector of cloud region {region.id}", "is planned with the account, not in this copy")
        else:
            yield Problem("has no detector that is enabled", subject=f"cloud region {region.id}")
    for network in platform.of(VPC):
        logs = network.stack.pointing_at(network, FLOW_LOG, "vpcId")
        if not any_of(*(partial(_tells_all, log) for log in logs)):
            yield Problem("has no flow log of all its traffic", subject=network.urn)


def _is_on(detector: Resource) -> bool:
    return detector["enable"].truth(default=True)


def _tells_all(log: Resource) -> bool:
    return log["trafficType"].text() == "ALL"


RULE = TerritoryRule(
    id="LOG-102",
    title="Every cloud region in use has a detector, and every network a flow log",
    severity=Severity.HIGH,
    rationale="An intruder works where nobody looks: a region without a detector, a network without flow logs.",
    remediation="Plan a guardduty Detector with enable: true for each region, and a FlowLog with trafficType: ALL for "
    "each Vpc.",
    check=check,
)
