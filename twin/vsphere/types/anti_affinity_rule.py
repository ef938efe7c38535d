"""vsphere.ComputeClusterVmAntiAffinityRule."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from providers.logic import ProviderError
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
from twin.vsphere.types.virtual_machine_lookup import need_vm


def _rule(session: Session, inputs: Inputs, key: int | None = None) -> Any:
    return vim.cluster.AntiAffinityRuleSpec(
        key=key,
        name=inputs["name"],
        enabled=inputs["enabled"],
        mandatory=inputs.get("mandatory", False),
        userCreated=True,
        vm=[need_vm(session, uuid) for uuid in inputs["virtualMachineIds"]],
    )


def _create(call: Call[Session], inputs: Inputs) -> str:
    return add_rule(call, inputs, _rule(call.world, inputs))


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    session = call.world
    cluster_id, key = parse_rule_id(id_)
    rule = rule_by_key(session, session.ref(vim.ClusterComputeResource, cluster_id), key)
    if rule is None:
        return None
    if not isinstance(rule, vim.cluster.AntiAffinityRuleSpec):
        raise ProviderError(f"rule key {key} in cluster {cluster_id} is not a VM anti-affinity rule")
    machines: list[Any] = list(rule.vm)
    found = session.many(machines, "config.uuid")
    return {
        "computeClusterId": cluster_id,
        "name": rule.name,
        "enabled": rule.enabled,
        "mandatory": rule.mandatory,
        "virtualMachineIds": sorted(str(facts["config.uuid"]) for _, facts in found),
    }


def _update(call: Call[Session], id_: str, changes: Changes) -> None:
    edit_rule(call, id_, _rule(call.world, changes.new, parse_rule_id(id_)[1]))


def _locate(call: Call[Session], name: str) -> Found | None:
    return locate_entry(call, name, "VM anti-affinity rule", identify_rule)


ANTI_AFFINITY_RULE = ResourceType[Session](
    "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule",
    properties=(
        prop("name", samples=("rule-a", "rule-b")),
        prop("computeClusterId", samples=(Given("cluster"), Given("other cluster"))),
        prop(
            "virtualMachineIds",
            unordered=True,
            samples=([Given("vm"), Given("other vm")], [Given("vm"), Given("third vm")]),
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
    autoname="name",
    import_syntax=IMPORT_SYNTAX,
)
