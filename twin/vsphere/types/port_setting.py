"""The default port configuration that a distributed switch and its port groups have in common."""

from __future__ import annotations

from typing import Any, Final

from pyVmomi import vim

from twin.framework.declaration import Property
from twin.framework.values import Plain
from twin.vsphere.spec import Casts, prop

_DVS: Final = vim.dvs.VmwareDistributedVirtualSwitch

SETTING_CASTS: Final[Casts] = {
    "defaultPortConfig": _DVS.VmwarePortConfigPolicy,
    "policy": _DVS.VMwarePortgroupPolicy,
}
"""The VMware flavours of the abstract classes on the way."""

_TEAMING: Final = "defaultPortConfig.uplinkTeamingPolicy"
_SECURITY: Final = "defaultPortConfig.securityPolicy"
POLICIES: Final = (
    "loadbalance_srcid",
    "loadbalance_ip",
    "loadbalance_srcmac",
    "failover_explicit",
    "loadbalance_loadbased",
)
VLAN: Final = "defaultPortConfig.vlan"


def _vlan_id(spec: Any) -> int | None:
    return int(spec.vlanId) if isinstance(spec, _DVS.VlanIdSpec) else None


def _ranges(spec: Any) -> list[dict[str, int]] | None:
    if not isinstance(spec, _DVS.TrunkVlanSpec):
        return None
    return [{"minVlan": int(item.start), "maxVlan": int(item.end)} for item in spec.vlanId]


def _vlan_spec(vlan: int) -> Any:
    return _DVS.VlanIdSpec(inherited=False, vlanId=vlan)


def _trunk_spec(ranges: list[dict[str, int]]) -> Any:
    spans = [vim.NumericRange(start=item["minVlan"], end=item["maxVlan"]) for item in ranges]
    return _DVS.TrunkVlanSpec(inherited=False, vlanId=spans)


def _shaping(direction: str, path: str) -> tuple[Property, ...]:
    place = f"defaultPortConfig.{path}"
    return (
        prop(f"{direction}ShapingEnabled", f"{place}.enabled", computed=True, samples=(True, False)),
        prop(
            f"{direction}ShapingAverageBandwidth",
            f"{place}.averageBandwidth",
            computed=True,
            samples=(1000000, 2000000),
        ),
        prop(f"{direction}ShapingPeakBandwidth", f"{place}.peakBandwidth", computed=True, samples=(2000000, 3000000)),
        prop(f"{direction}ShapingBurstSize", f"{place}.burstSize", computed=True, samples=(100000, 200000)),
    )


def _flag(name: str, path: str) -> Property:
    return prop(name, path, computed=True, samples=(True, False))


def port_settings(samples_of_uplinks: tuple[Plain, ...]) -> tuple[Property, ...]:
    """The properties; what is left out is inherited or decided by the vCenter."""
    return (
        prop(
            "vlanId",
            VLAN,
            computed=True,
            low=0,
            high=4094,
            conflicts=("vlanRanges",),
            encode=_vlan_spec,
            decode=_vlan_id,
            samples=(120, 4094),
        ),
        prop(
            "vlanRanges",
            VLAN,
            computed=True,
            unordered=True,
            conflicts=("vlanId",),
            encode=_trunk_spec,
            decode=_ranges,
            fields=(prop("minVlan", low=0, high=4094), prop("maxVlan", low=0, high=4094)),
            samples=(
                [{"minVlan": 100, "maxVlan": 199}],
                [{"minVlan": 1, "maxVlan": 9}, {"minVlan": 20, "maxVlan": 29}],
            ),
        ),
        prop(
            "activeUplinks", f"{_TEAMING}.uplinkPortOrder.activeUplinkPort", computed=True, samples=samples_of_uplinks
        ),
        prop(
            "standbyUplinks", f"{_TEAMING}.uplinkPortOrder.standbyUplinkPort", computed=True, samples=samples_of_uplinks
        ),
        prop("teamingPolicy", f"{_TEAMING}.policy", computed=True, allowed=POLICIES, samples=POLICIES),
        _flag("notifySwitches", f"{_TEAMING}.notifySwitches"),
        prop("failback", f"{_TEAMING}.rollingOrder", computed=True, encode=_not, decode=_not, samples=(True, False)),
        _flag("checkBeacon", f"{_TEAMING}.failureCriteria.checkBeacon"),
        _flag("allowPromiscuous", f"{_SECURITY}.allowPromiscuous"),
        _flag("allowForgedTransmits", f"{_SECURITY}.forgedTransmits"),
        _flag("allowMacChanges", f"{_SECURITY}.macChanges"),
        _flag("blockAllPorts", "defaultPortConfig.blocked"),
        _flag("netflowEnabled", "defaultPortConfig.ipfixEnabled"),
        _flag("txUplink", "defaultPortConfig.txUplink"),
        _flag("directpathGen2Allowed", "defaultPortConfig.vmDirectPathGen2Allowed"),
        *_shaping("ingress", "inShapingPolicy"),
        *_shaping("egress", "outShapingPolicy"),
    )


def _not(value: Plain) -> Plain:
    """The API counts failback the other way round: a rolling order is one that does not fall back."""
    return not value
