"""Every type is imported under the official provider's import syntax, and found again by its inputs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.logic import ProviderError
from tests.twin.vsphere.given import Site
from tests.twin.vsphere.subjects import TOKENS, Subject, minimal
from twin.framework.check import DEFAULTS
from twin.framework.values import plain_map
from twin.vsphere.provider import PACKAGE, VSphereProvider

pytestmark = [pytest.mark.api, pytest.mark.filterwarnings("ignore:Unverified HTTPS request")]

KINDS = sorted(TOKENS)
CLUSTER = "/given-dc/host/given-cluster"


def _import_id(kind: str, values: dict[str, Any], id_: str) -> str:
    """What a user of the official provider would type."""
    name = values.get("name", "")
    rule = json.dumps({"compute_cluster_path": CLUSTER, "name": name})
    return {
        "Datacenter": f"/{name}",
        "Folder": f"/given-dc/vm/{values.get('path')}",
        "ComputeCluster": f"/given-dc/host/{name}",
        "Host": id_,
        "ResourcePool": f"{CLUSTER}/Resources/given-pool/{name}",
        "DistributedVirtualSwitch": f"/given-dc/network/{name}",
        "DistributedPortGroup": f"/given-dc/network/{name}",
        "TagCategory": name,
        "Tag": json.dumps({"category_name": "given-category", "tag_name": name}),
        "Role": id_,
        "EntityPermissions": f"Folder:{id_}",
        "ComputeClusterVmAntiAffinityRule": rule,
        "ComputeClusterHostGroup": rule,
        "ComputeClusterVmGroup": rule,
        "ComputeClusterVmHostRule": rule,
        "VirtualMachine": f"/given-dc/vm/{name}",
    }[kind]


# What no vCenter can tell again: how a host was logged in to, and which template a machine once was.
UNKNOWABLE = {"Host": {"username", "password", "force"}, "VirtualMachine": {"clone"}}


@pytest.mark.parametrize("kind", KINDS)
def test_import(kind: str, site: Site, provider: VSphereProvider) -> None:
    values = site.resolve(minimal(kind))
    subject = Subject(provider, kind)
    subject.create(values)
    try:
        seen = provider.read(subject.urn, subject.token, _import_id(kind, values, subject.id), {}, {})
        assert seen.id == subject.id
        inputs = plain_map(seen.inputs)
        lost = UNKNOWABLE.get(kind, set())
        changes = provider.diff(subject.urn, subject.token, seen.id, seen.inputs, seen.properties, subject.inputs, [])
        assert {path.split("[")[0].split(".")[0] for path in changes.changes} <= lost | {"waitForGuestNetTimeout"}
        assert not any(change.replaces for change in changes.changes.values())
        required = {name for name in values if name not in lost and name not in ("waitForGuestNetTimeout",)}
        assert required <= inputs.keys()
        assert DEFAULTS in inputs
    finally:
        subject.delete()


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"Host", "Role", "EntityPermissions"}))
def test_an_import_of_nothing_says_so(kind: str, site: Site, provider: VSphereProvider) -> None:
    token = TOKENS[kind]
    name = _import_id(kind, {"name": "nowhere", "path": "nowhere"}, "")
    with pytest.raises(ProviderError, match=r"not found|no .* found"):
        provider.read(f"urn:pulumi:s::p::{token}::x", token, name, {}, {})


@pytest.mark.parametrize("kind", KINDS)
def test_identity(kind: str, site: Site, provider: VSphereProvider) -> None:
    assert TOKENS[kind] in provider.identifiable_types()
    subject = Subject(provider, kind)
    inputs = subject.check(site.resolve(minimal(kind)))
    assert provider.identify(subject.token, inputs) is None
    made = provider.create(subject.urn, subject.token, inputs, False, 0)
    subject.id, subject.inputs, subject.outputs = made.id, inputs, made.properties
    try:
        assert provider.identify(subject.token, inputs) == subject.id
    finally:
        subject.delete()


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        ("Folder", {"datacenterId": "datacenter-999"}),
        ("ComputeCluster", {"datacenterId": "datacenter-999"}),
        ("DistributedPortGroup", {"distributedVirtualSwitchUuid": "gone"}),
        ("VirtualMachine", {"resourcePoolId": "resgroup-999"}),
        ("VirtualMachine", {"folder": "nowhere"}),
    ],
)
def test_nothing_is_where_its_parent_is_not(
    kind: str, lost: dict[str, str], site: Site, provider: VSphereProvider
) -> None:
    subject = Subject(provider, kind)
    inputs = subject.check({**site.resolve(minimal(kind)), **lost})
    assert provider.identify(subject.token, inputs) is None


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"EntityPermissions", "Host"}))
def test_nothing_that_exists_is_adopted(kind: str, site: Site, provider: VSphereProvider) -> None:
    values = site.resolve(minimal(kind))
    first, second = Subject(provider, kind), Subject(provider, kind)
    first.create(values)
    try:
        with pytest.raises(ProviderError, match=r"(?i)already.?exists|duplicate"):
            second.create(values)
    finally:
        first.delete()


def test_each_type_says_how_it_is_imported() -> None:
    assert all(item.import_syntax for item in PACKAGE.types.values())
