"""vsphere.ComputeClusterVmAntiAffinityRule."""

from __future__ import annotations

import json
from typing import Any

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, Changes, Found, Given, Inputs, Record, ResourceType
from twin.vsphere.inventory import by_id, named
from twin.vsphere.session import Session
from twin.vsphere.spec import prop
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


def _reconfigure(call: Call[Session], cluster: Any, change: Any, doing: str) -> None:
    spec = vim.cluster.ConfigSpecEx(rulesSpec=[change])
    call.world.wait(cluster.ReconfigureComputeResource_Task(spec, True), call.deadline, doing)


def _rules(session: Session, cluster: Any) -> list[Any] | None:
    facts = session.get(cluster, "configurationEx")
    return None if facts is None else list(facts["configurationEx"].rule)


def _by_name(session: Session, cluster: Any, name: str) -> Any | None:
    return next((rule for rule in _rules(session, cluster) or [] if rule.name == name), None)


def _parse(id_: str) -> tuple[str, int]:
    cluster, _, key = id_.partition(":")
    if not key.isdigit():
        raise ProviderError(f"bad id {id_!r}: a rule's id is the cluster's id and the rule's key, cluster-12:3")
    return cluster, int(key)


def _create(call: Call[Session], inputs: Inputs) -> str:
    session = call.world
    cluster = by_id(session, vim.ClusterComputeResource, inputs["computeClusterId"], "cluster")
    with session.turn(cluster._moId):
        if _by_name(session, cluster, inputs["name"]) is not None:
            raise ProviderError(f"a rule {inputs['name']!r} already exists in its cluster (DuplicateName)")
        change = vim.cluster.RuleSpec(operation="add", info=_rule(session, inputs))
        _reconfigure(call, cluster, change, f"adding rule {inputs['name']}")
        made = _by_name(session, cluster, inputs["name"])
    if made is None:
        raise ProviderError(f"rule {inputs['name']!r} was accepted, but the cluster does not have it")
    return f"{cluster._moId}:{made.key}"


def _read(call: Call[Session], id_: str, _known: Inputs) -> Record | None:
    session = call.world
    cluster_id, key = _parse(id_)
    rules = _rules(session, session.ref(vim.ClusterComputeResource, cluster_id))
    rule = next((item for item in rules or [] if item.key == key), None)
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
    session = call.world
    cluster_id, key = _parse(id_)
    cluster = by_id(session, vim.ClusterComputeResource, cluster_id, "cluster")
    with session.turn(cluster_id):
        change = vim.cluster.RuleSpec(operation="edit", info=_rule(session, changes.new, key))
        _reconfigure(call, cluster, change, f"changing rule {changes.new['name']}")


def _delete(call: Call[Session], id_: str, known: Inputs) -> None:
    session = call.world
    cluster_id, key = _parse(id_)
    cluster = session.ref(vim.ClusterComputeResource, cluster_id)
    with session.turn(cluster_id):
        if any(rule.key == key for rule in _rules(session, cluster) or []):
            change = vim.cluster.RuleSpec(operation="remove", removeKey=key)
            _reconfigure(call, cluster, change, f"removing rule {known.get('name', id_)}")


def _locate(call: Call[Session], name: str) -> Found | None:
    if not name.startswith("{"):
        return None
    try:
        names = json.loads(name)
        path, rule_name = names["compute_cluster_path"], names["name"]
    except (ValueError, KeyError) as error:
        raise ProviderError(f"a rule is imported as {ANTI_AFFINITY_RULE.import_syntax}") from error
    cluster = named(call.world, vim.ClusterComputeResource, path)
    rule = None if cluster is None else _by_name(call.world, cluster, rule_name)
    if cluster is None or rule is None:
        raise ProviderError(f"no VM anti-affinity rule {rule_name!r} found in cluster {path!r}")
    return Found(f"{cluster._moId}:{rule.key}")


def _identify(call: Call[Session], inputs: Inputs) -> str | None:
    cluster = call.world.ref(vim.ClusterComputeResource, inputs["computeClusterId"])
    rule = _by_name(call.world, cluster, inputs["name"])
    return None if rule is None else f"{cluster._moId}:{rule.key}"


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
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name", "computeClusterId"),
    autoname="name",
    import_syntax='{"compute_cluster_path": "/datacenter/host/cluster", "name": "..."}',
)
