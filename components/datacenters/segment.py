"""The port group of a layer-2 segment that rides one path and no other."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_vsphere as vsphere


def segment(
    name: str,
    *,
    port_group: str,
    switch_id: pulumi.Input[str],
    vlan: int,
    uplink: str,
    tags: Sequence[pulumi.Input[str]] | None = None,
    opts: pulumi.ResourceOptions,
) -> vsphere.DistributedPortGroup:
    """A port group called `port_group` with exactly one active uplink and no standby.

    A segment that moved to another path would hide the cut of its own and share the other one's fate.
    """
    return vsphere.DistributedPortGroup(
        name,
        name=port_group,
        distributed_virtual_switch_uuid=switch_id,
        vlan_id=vlan,
        teaming_policy="failover_explicit",
        active_uplinks=[uplink],
        standby_uplinks=[],
        allow_promiscuous=False,
        allow_forged_transmits=False,
        allow_mac_changes=False,
        tags=tags,
        opts=opts,
    )
