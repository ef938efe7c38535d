"""VSPHERE-031: no guest is exempt from being placed and watched."""

from __future__ import annotations

from policies.answers import Outcomes, Problem, Severity, given
from policies.resource_types import VSPHERE_DRS_OVERRIDE, VSPHERE_HA_OVERRIDE
from policies.rule import ResourceRule
from policies.subjects import Resource


def check(resource: Resource) -> Outcomes:
    """Look at what an override takes from the guest; one for DRS that says nothing takes all of it."""
    if resource.type == VSPHERE_DRS_OVERRIDE:
        if not resource["drsEnabled"].truth():
            yield Problem("takes the guest out of DRS: no rule places it any more", "drsEnabled")
    else:
        yield from given(
            lambda: not resource["haVmMonitoringUseClusterDefaults"].truth(default=True), lambda: _watched(resource)
        )


def _watched(resource: Resource) -> Outcomes:
    if resource["haVmMonitoring"].text("vmMonitoringDisabled") == "vmMonitoringDisabled":
        yield Problem("leaves the guest hanging when it hangs", "haVmMonitoring")


RULE = ResourceRule(
    id="VSPHERE-031",
    title="No guest is exempt from being placed and watched",
    severity=Severity.MEDIUM,
    types=(VSPHERE_DRS_OVERRIDE, VSPHERE_HA_OVERRIDE),
    rationale="Exemptions are made for a night's maintenance and found after the next failure.",
    remediation="Take the override away, or set drsEnabled to true (its default is false) and haVmMonitoring to "
    "vmMonitoringOnly.",
    check=check,
)
