"""Each data source finds what plain pyVmomi put there, and says when nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from pyVmomi import vim

from providers.logic import ProviderError
from tests.twin.vsphere.given import Site
from twin.framework.values import plain_map, wrap
from twin.vsphere.provider import PACKAGE, VSphereProvider

pytestmark = [pytest.mark.api, pytest.mark.filterwarnings("ignore:Unverified HTTPS request")]

LOOKUPS: dict[str, list[tuple[dict[str, str], str]]] = {
    "getDatacenter": [({"name": "given-dc"}, "datacenter")],
    "getComputeCluster": [
        ({"name": "given-cluster", "datacenterId": "@datacenter"}, "cluster"),
        ({"name": "/given-dc/host/given-cluster"}, "cluster"),
    ],
    "getDatastore": [({"name": "lac-san-1", "datacenterId": "@datacenter"}, "datastore")],
    "getHost": [({"name": "lac-esxi-1", "datacenterId": "@datacenter"}, "host")],
    "getNetwork": [
        ({"name": "given-group", "datacenterId": "@datacenter"}, "network"),
        ({"name": "given-group", "distributedVirtualSwitchUuid": "@switch"}, "network"),
    ],
    "getResourcePool": [
        ({"name": "given-pool", "datacenterId": "@datacenter"}, "pool"),
        ({"name": "given-cluster/Resources/given-pool", "datacenterId": "@datacenter"}, "pool"),
    ],
    "getFolder": [({"path": "/given-dc/vm/vms"}, "folder")],
    "getTagCategory": [({"name": "given-category"}, "category")],
    "getTag": [({"name": "given-tag", "categoryId": "@category"}, "tag")],
    "getRole": [({"label": "given-role"}, "role")],
    "getDistributedVirtualSwitch": [({"name": "given-switch", "datacenterId": "@datacenter"}, "switch")],
    "getVirtualMachine": [
        ({"name": "debian-12", "datacenterId": "@datacenter"}, "template"),
        ({"name": "given-vm-0", "folder": "/given-dc/vm", "datacenterId": "@datacenter"}, "vm"),
        ({"uuid": "@vm"}, "vm"),
    ],
}


def _ask(provider: VSphereProvider, site: Site, name: str, args: dict[str, str]) -> dict[str, Any]:
    given = {key: wrap(site.ids[value[1:]] if value.startswith("@") else value) for key, value in args.items()}
    found, failures = provider.invoke(f"vsphere:index/{name}:{name}", given)
    assert not failures
    return plain_map(found)


@pytest.mark.parametrize(("name", "args", "what"), [(name, *row) for name, rows in LOOKUPS.items() for row in rows])
def test_what_is_there_is_found(
    name: str, args: dict[str, str], what: str, site: Site, provider: VSphereProvider
) -> None:
    found = _ask(provider, site, name, args)
    assert found["id"] == site.ids[what]
    assert found.keys() <= set(PACKAGE.sources[f"vsphere:index/{name}:{name}"].results)


@pytest.mark.parametrize("name", sorted(LOOKUPS))
def test_what_is_not_there_is_an_error(name: str, site: Site, provider: VSphereProvider) -> None:
    args = {
        key: "nowhere" if key in ("name", "label", "path", "uuid") else value
        for key, value in LOOKUPS[name][0][0].items()
    }
    with pytest.raises(ProviderError, match="not found"):
        _ask(provider, site, name, args)


def test_every_data_source_is_looked_up() -> None:
    assert {f"vsphere:index/{name}:{name}" for name in LOOKUPS} == PACKAGE.sources.keys()


def test_what_is_told_besides_the_id_is_the_worlds(site: Site, provider: VSphereProvider) -> None:
    cluster = _ask(provider, site, "getComputeCluster", {"name": "given-cluster"})
    seen = site.vcenter.ref(vim.ClusterComputeResource, site.ids["cluster"])
    assert cluster["resourcePoolId"] == seen.resourcePool._moId
    machine = _ask(provider, site, "getVirtualMachine", {"name": "debian-12", "datacenterId": "@datacenter"})
    template = site.vcenter.vm(site.ids["template"])
    assert machine["moid"] == template._moId
    assert machine["guestId"] == template.config.guestId
    assert machine["memory"] == template.config.hardware.memoryMB
    assert [disk["size"] for disk in machine["disks"]] == [8]
    switch = _ask(provider, site, "getDistributedVirtualSwitch", {"name": "given-switch"})
    assert switch["uplinks"] == ["uplink1", "uplink2"]
    assert "given-vm-0" in _ask(provider, site, "getDatacenter", {"name": "given-dc"})["virtualMachines"]
