"""vsphere.ComputeClusterVmHostRule: a group of virtual machines belongs on, or off, a group of hosts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyVmomi import vim

from providers.logic import CheckFailure, ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.vsphere.session import Session
from twin.vsphere.spec import prop
from twin.vsphere.types.cluster_rules import (
    IMPORT_SYNTAX,
    add_rule,
    edit_rule,
    identify_rule,
    locate_entry,
    parse_rule_id,
    remove_rule,
    rule_by_key,
)


def _rule(inputs: Inputs, key: int | None = None) -> Any:
    return vim.cluster.VmHostRuleInfo(
        key=key,
        name=inputs["name"],
        enabled=inputs["enabled"],
        mandatory=inputs.get("mandatory", False),
        userCreated=True,
        vmGroupName=inputs["vmGroupName"],
        affineHostGroupName=inputs.get("affinityHostGroupName"),
        antiAffineHostGroupName=inputs.get("antiAffinityHostGroupName"),
    )


def _create(call: Call[Session], inputs: Inputs) -> str:
    return add_rule(call, inputs, _rule(inputs))


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    cluster_id, key = parse_rule_id(id_)
    rule = rule_by_key(call.world, call.world.ref(vim.ClusterComputeResource, cluster_id), key)
    if rule is None:
        return None
    if not isinstance(rule, vim.cluster.VmHostRuleInfo):
        raise ProviderError(f"rule key {key} in cluster {cluster_id} is not a VM/host rule")
    return {
        "computeClusterId": cluster_id,
        "name": rule.name,
        "enabled": rule.enabled,
        "mandatory": rule.mandatory,
        "vmGroupName": rule.vmGroupName,
        "affinityHostGroupName": rule.affineHostGroupName or None,
        "antiAffinityHostGroupName": rule.antiAffineHostGroupName or None,
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    edit_rule(call, id_, _rule(changes.new, parse_rule_id(id_)[1]))


def _locate(call: Call[Session], name: str) -> Found | None:
    return locate_entry(call, name, "VM/host rule", identify_rule)


def _one_host_group(inputs: Inputs) -> Iterable[CheckFailure]:
    if inputs.get("affinityHostGroupName") is None and inputs.get("antiAffinityHostGroupName") is None:
        yield CheckFailure(
            "affinityHostGroupName",
            "one of `affinityHostGroupName` or `antiAffinityHostGroupName` must be specified",
        )


VM_HOST_RULE = ResourceType[Session](
    "vsphere:index/computeClusterVmHostRule:ComputeClusterVmHostRule",
    properties=(
        prop("name", samples=("on-feed-a", "on-feed-b")),
        prop("computeClusterId", samples=(Given("cluster"), Given("other cluster"))),
        prop("vmGroupName", samples=(Given("vm group"), Given("other vm group"))),
        prop(
            "affinityHostGroupName",
            conflicts=("antiAffinityHostGroupName",),
            samples=(Given("host group"), Given("other host group")),
        ),
        prop(
            "antiAffinityHostGroupName",
            conflicts=("affinityHostGroupName",),
            samples=(Given("host group"), Given("other host group")),
        ),
        prop("enabled", default=True, samples=(False, True)),
        prop("mandatory", samples=(True, False)),
    ),
    outputs=(),
    create=_create,
    read=_read,
    update=_update,
    delete=remove_rule,
    locate=_locate,
    identify=identify_rule,
    identity=("name", "computeClusterId"),
    rules=(_one_host_group,),
    autoname="name",
    import_syntax=IMPORT_SYNTAX,
)
