"""HA admission control: one polymorphic object of the API, several flat properties of the resource."""

from __future__ import annotations

from typing import Any, Final

from pyVmomi import vim

from twin.framework.declaration import Given, Inputs, Property
from twin.framework.values import Plain
from twin.vsphere.spec import prop

POLICIES: Final = ("resourcePercentage", "slotPolicy", "failoverHosts", "disabled")

ADMISSION_CONTROL: Final[tuple[Property, ...]] = (
    prop(
        "haAdmissionControlPolicy",
        default=POLICIES[0],
        allowed=POLICIES,
        samples=("slotPolicy", "resourcePercentage", "disabled"),
    ),
    prop("haAdmissionControlHostFailureTolerance", default=1, samples=(2, 1)),
    prop("haAdmissionControlPerformanceTolerance", default=100, low=0, high=100, samples=(50, 100)),
    prop("haAdmissionControlResourcePercentageAutoCompute", default=True, samples=(False, True)),
    prop("haAdmissionControlResourcePercentageCpu", default=100, low=1, high=100, samples=(40, 50)),
    prop("haAdmissionControlResourcePercentageMemory", default=100, low=1, high=100, samples=(40, 50)),
    prop("haAdmissionControlFailoverHostSystemIds", unordered=True, samples=([Given("host")], [])),
)


def admission_control(inputs: Inputs) -> dict[str, Plain]:
    """The paths of a cluster specification that the properties set together."""
    policy = inputs["haAdmissionControlPolicy"]
    values: dict[str, Plain] = {"dasConfig.admissionControlEnabled": policy != "disabled"}
    made = _policy(policy, inputs)
    if made is not None:
        made.resourceReductionToToleratePercent = inputs["haAdmissionControlPerformanceTolerance"]
        values["dasConfig.admissionControlPolicy"] = made
    return values


def _policy(policy: str, inputs: Inputs) -> Any:
    tolerance = inputs["haAdmissionControlHostFailureTolerance"]
    if policy == "resourcePercentage":
        return vim.cluster.FailoverResourcesAdmissionControlPolicy(
            cpuFailoverResourcesPercent=inputs["haAdmissionControlResourcePercentageCpu"],
            memoryFailoverResourcesPercent=inputs["haAdmissionControlResourcePercentageMemory"],
            autoComputePercentages=inputs["haAdmissionControlResourcePercentageAutoCompute"],
            failoverLevel=tolerance,
        )
    if policy == "slotPolicy":
        return vim.cluster.FailoverLevelAdmissionControlPolicy(failoverLevel=tolerance)
    if policy == "failoverHosts":
        hosts = [vim.HostSystem(moid) for moid in inputs.get("haAdmissionControlFailoverHostSystemIds") or []]
        return vim.cluster.FailoverHostAdmissionControlPolicy(failoverHosts=hosts, failoverLevel=tolerance)
    return None


def read_admission_control(configuration: Any, known: Inputs) -> dict[str, Plain]:
    """The properties as the cluster has them; what its policy has no place for is left to the state, as officially."""
    config = configuration.dasConfig
    made = config.admissionControlPolicy
    values: dict[str, Plain] = {
        item.name: known.get(item.name, item.default)
        for item in ADMISSION_CONTROL
        if known.get(item.name, item.default) is not None
    }
    if not config.admissionControlEnabled or made is None:
        return {**values, "haAdmissionControlPolicy": "disabled"}
    values["haAdmissionControlPerformanceTolerance"] = made.resourceReductionToToleratePercent
    values["haAdmissionControlHostFailureTolerance"] = made.failoverLevel
    if isinstance(made, vim.cluster.FailoverResourcesAdmissionControlPolicy):
        values["haAdmissionControlPolicy"] = "resourcePercentage"
        values["haAdmissionControlResourcePercentageAutoCompute"] = made.autoComputePercentages
        if not made.autoComputePercentages:
            values["haAdmissionControlResourcePercentageCpu"] = made.cpuFailoverResourcesPercent
            values["haAdmissionControlResourcePercentageMemory"] = made.memoryFailoverResourcesPercent
    elif isinstance(made, vim.cluster.FailoverHostAdmissionControlPolicy):
        values["haAdmissionControlPolicy"] = "failoverHosts"
        values["haAdmissionControlFailoverHostSystemIds"] = [host._moId for host in made.failoverHosts]
    else:
        values["haAdmissionControlPolicy"] = "slotPolicy"
    return values
