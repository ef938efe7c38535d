"""Rules and groups of a cluster: entries of its configuration, not objects of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pyVmomi import vim

from providers.logic import ProviderError
from twin.framework.declaration import Call, Found, Inputs
from twin.vsphere.inventory import by_id, named
from twin.vsphere.session import Session


def configuration(session: Session, cluster: Any) -> Any | None:
    """The cluster's configuration; None when the cluster is gone."""
    facts = session.get(cluster, "configurationEx")
    return None if facts is None else facts["configurationEx"]


def reconfigure(call: Call[Session], cluster: Any, doing: str, **changes: Any) -> None:
    """Apply one change to a cluster whose turn it is: `rulesSpec=[...]` or `groupSpec=[...]`."""
    task = cluster.ReconfigureComputeResource_Task(vim.cluster.ConfigSpecEx(**changes), True)
    call.world.wait(task, call.deadline, doing)


def rule_by_name(session: Session, cluster: Any, name: str) -> Any | None:
    """The cluster's rule of that name, whatever its kind."""
    config = configuration(session, cluster)
    return next((rule for rule in config.rule if rule.name == name), None) if config is not None else None


def rule_by_key(session: Session, cluster: Any, key: int) -> Any | None:
    """The cluster's rule of that key, whatever its kind."""
    config = configuration(session, cluster)
    return next((rule for rule in config.rule if rule.key == key), None) if config is not None else None


def parse_rule_id(id_: str) -> tuple[str, int]:
    """Cluster and key of a rule's id, `cluster-12:3`."""
    cluster, _, key = id_.partition(":")
    if not key.isdigit():
        raise ProviderError(f"bad id {id_!r}: a rule's id is the cluster's id and the rule's key, cluster-12:3")
    return cluster, int(key)


def add_rule(call: Call[Session], inputs: Inputs, rule: Any) -> str:
    """Add a rule, never a second one of its name, and return its id."""
    session, name = call.world, rule.name
    cluster = by_id(session, vim.ClusterComputeResource, inputs["computeClusterId"], "cluster")
    with session.turn(cluster._moId):
        if rule_by_name(session, cluster, name) is not None:
            raise ProviderError(f"a rule {name!r} already exists in its cluster (DuplicateName)")
        change = vim.cluster.RuleSpec(operation="add", info=rule)
        reconfigure(call, cluster, f"adding rule {name}", rulesSpec=[change])
        made = rule_by_name(session, cluster, name)
    if made is None:
        raise ProviderError(f"rule {name!r} was accepted, but the cluster does not have it")
    return f"{cluster._moId}:{made.key}"


def edit_rule(call: Call[Session], id_: str, rule: Any) -> None:
    """Put a rule, which carries its key, in the place of the one with that id."""
    session = call.world
    cluster_id, _ = parse_rule_id(id_)
    cluster = by_id(session, vim.ClusterComputeResource, cluster_id, "cluster")
    with session.turn(cluster_id):
        change = vim.cluster.RuleSpec(operation="edit", info=rule)
        reconfigure(call, cluster, f"changing rule {rule.name}", rulesSpec=[change])


def remove_rule(call: Call[Session], id_: str, known: Inputs) -> None:
    """Remove a rule; one that is gone is no error."""
    session = call.world
    cluster_id, key = parse_rule_id(id_)
    cluster = session.ref(vim.ClusterComputeResource, cluster_id)
    with session.turn(cluster_id):
        if rule_by_key(session, cluster, key) is not None:
            change = vim.cluster.RuleSpec(operation="remove", removeKey=key)
            reconfigure(call, cluster, f"removing rule {known.get('name', id_)}", rulesSpec=[change])


def identify_rule(call: Call[Session], inputs: Inputs) -> str | None:
    """The id of the rule of that name in its cluster, if it is there."""
    cluster = call.world.ref(vim.ClusterComputeResource, inputs["computeClusterId"])
    rule = rule_by_name(call.world, cluster, inputs["name"])
    return None if rule is None else f"{cluster._moId}:{rule.key}"


IMPORT_SYNTAX = '{"compute_cluster_path": "/datacenter/host/cluster", "name": "..."}'
"""How entries of a cluster are imported, in the official provider's words."""


def locate_entry(
    call: Call[Session], name: str, what: str, id_of: Callable[[Call[Session], Inputs], str | None]
) -> Found | None:
    """The entry an import names in `IMPORT_SYNTAX`; None when the id is no such text."""
    if not name.startswith("{"):
        return None
    try:
        names = json.loads(name)
        path, entry = names["compute_cluster_path"], names["name"]
    except (ValueError, KeyError) as error:
        raise ProviderError(f"a {what} is imported as {IMPORT_SYNTAX}") from error
    cluster = named(call.world, vim.ClusterComputeResource, path)
    id_ = None if cluster is None else id_of(call, {"computeClusterId": cluster._moId, "name": entry})
    if id_ is None:
        raise ProviderError(f"no {what} {entry!r} found in cluster {path!r}")
    return Found(id_)


def group_named(session: Session, cluster: Any, name: str) -> Any | None:
    """The cluster's group of that name, of hosts or of virtual machines."""
    config = configuration(session, cluster)
    return next((group for group in config.group if group.name == name), None) if config is not None else None


def parse_group_id(id_: str) -> tuple[str, str]:
    """Cluster and name of a group's id, `cluster-12:lac-feed-a`."""
    cluster, _, name = id_.partition(":")
    if not name:
        raise ProviderError(f"bad id {id_!r}: a group's id is the cluster's id and the group's name, cluster-12:name")
    return cluster, name


def add_group(call: Call[Session], inputs: Inputs, group: Any) -> str:
    """Add a group, never a second one of its name, and return its id."""
    session = call.world
    cluster = by_id(session, vim.ClusterComputeResource, inputs["computeClusterId"], "cluster")
    with session.turn(cluster._moId):
        if group_named(session, cluster, group.name) is not None:
            raise ProviderError(f"a group {group.name!r} already exists in its cluster (DuplicateName)")
        change = vim.cluster.GroupSpec(operation="add", info=group)
        reconfigure(call, cluster, f"adding group {group.name}", groupSpec=[change])
    return f"{cluster._moId}:{group.name}"


def edit_group(call: Call[Session], id_: str, group: Any) -> None:
    """Put a group in the place of the one of its name."""
    session = call.world
    cluster_id, name = parse_group_id(id_)
    cluster = by_id(session, vim.ClusterComputeResource, cluster_id, "cluster")
    with session.turn(cluster_id):
        change = vim.cluster.GroupSpec(operation="edit", info=group)
        reconfigure(call, cluster, f"changing group {name}", groupSpec=[change])


def remove_group(call: Call[Session], id_: str, known: Inputs) -> None:
    """Remove a group; one that is gone is no error."""
    session = call.world
    cluster_id, name = parse_group_id(id_)
    cluster = session.ref(vim.ClusterComputeResource, cluster_id)
    with session.turn(cluster_id):
        if group_named(session, cluster, name) is not None:
            change = vim.cluster.GroupSpec(operation="remove", removeKey=name)
            reconfigure(call, cluster, f"removing group {known.get('name', name)}", groupSpec=[change])


def identify_group(call: Call[Session], inputs: Inputs) -> str | None:
    """The id of the group of that name in its cluster, if it is there."""
    cluster = call.world.ref(vim.ClusterComputeResource, inputs["computeClusterId"])
    found = group_named(call.world, cluster, inputs["name"])
    return None if found is None else f"{cluster._moId}:{found.name}"
