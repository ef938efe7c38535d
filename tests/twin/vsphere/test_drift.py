"""What is changed behind the provider's back is seen, and mended by an update."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from pyVmomi import vim

from tests.twin.vsphere.given import Site
from tests.twin.vsphere.readers import READERS
from tests.twin.vsphere.subjects import Subject, minimal
from tests.twin.vsphere.vcenters import finish
from twin.framework.check import DEFAULTS
from twin.framework.values import plain_map
from twin.vsphere.provider import VSphereProvider

pytestmark = [pytest.mark.api, pytest.mark.filterwarnings("ignore:Unverified HTTPS request")]


@pytest.fixture
def machine(site: Site, provider: VSphereProvider) -> Generator[Subject]:
    subject = Subject(provider, "VirtualMachine")
    subject.create({**site.resolve(minimal("VirtualMachine")), "tags": [site.ids["tag"]], "memory": 2048})
    yield subject
    subject.delete()


def _asked(machine: Subject) -> dict[str, Any]:
    """What the program said, before anything drifted."""
    inputs = plain_map(machine.inputs)
    return {name: value for name, value in inputs.items() if name != DEFAULTS and name not in inputs[DEFAULTS]}


def test_a_deleted_machine_is_gone(machine: Subject, site: Site) -> None:
    vm = site.vcenter.vm(machine.id)
    finish(vm.PowerOffVM_Task())
    finish(vm.Destroy_Task())
    assert machine.refresh() == ""


def test_a_changed_vlan_shows_and_is_mended(site: Site, provider: VSphereProvider) -> None:
    subject = Subject(provider, "DistributedPortGroup")
    values = {**site.resolve(minimal("DistributedPortGroup")), "vlanId": 120}
    subject.create(values)
    group = site.vcenter.ref(vim.dvs.DistributedVirtualPortgroup, subject.id)
    setting = group.config.defaultPortConfig
    setting.vlan = vim.dvs.VmwareDistributedVirtualSwitch.VlanIdSpec(inherited=False, vlanId=999)
    spec = vim.dvs.DistributedVirtualPortgroup.ConfigSpec(
        configVersion=group.config.configVersion, defaultPortConfig=setting
    )
    finish(group.ReconfigureDVPortgroup_Task(spec))
    subject.refresh()
    assert subject.seen()["vlanId"] == 999
    assert list(subject.diff(values).changes) == ["vlanId"]
    subject.update(values)
    assert READERS["DistributedPortGroup"](site.vcenter, subject.id)["vlanId"] == 120
    subject.delete()


@pytest.mark.parametrize("other", [[], ["other tag"]])
def test_a_changed_tag_shows_and_is_mended(other: list[str], machine: Subject, site: Site) -> None:
    vm = site.vcenter.vm(machine.id)
    body = {"object_id": {"type": "VirtualMachine", "id": vm._moId}}
    site.vcenter.rest("POST", f"/tag-association/id:{site.ids['tag']}?~action=detach", body)
    for name in other:
        site.vcenter.rest("POST", f"/tag-association/id:{site.ids[name]}?~action=attach", body)
    wanted = _asked(machine)
    machine.refresh()
    assert list(machine.diff(wanted).changes) == ["tags"]
    machine.update(wanted)
    assert site.vcenter.tags_on("VirtualMachine", vm._moId) == {site.ids["tag"]}


def test_changed_hardware_shows(machine: Subject, site: Site) -> None:
    vm = site.vcenter.vm(machine.id)
    finish(vm.PowerOffVM_Task())
    finish(vm.ReconfigVM_Task(vim.vm.ConfigSpec(memoryMB=4096, annotation="by hand")))
    wanted = _asked(machine)
    machine.refresh()
    assert machine.seen()["powerState"] == "off"
    assert machine.seen()["annotation"] == "by hand"
    assert list(machine.diff(wanted).changes) == ["memory"]
    machine.update(wanted)
    assert machine.seen()["memory"] == 2048
    assert machine.seen()["powerState"] == "on"


def test_a_renamed_cluster_and_lost_admission_control_show(site: Site, provider: VSphereProvider) -> None:
    subject = Subject(provider, "ComputeCluster")
    values = {**site.resolve(minimal("ComputeCluster")), "haEnabled": True}
    subject.create(values)
    cluster = site.vcenter.ref(vim.ClusterComputeResource, subject.id)
    finish(cluster.Rename_Task("by hand"))
    das = vim.cluster.DasConfigInfo(admissionControlEnabled=False)
    finish(cluster.ReconfigureComputeResource_Task(vim.cluster.ConfigSpecEx(dasConfig=das), True))
    subject.refresh()
    assert sorted(subject.diff(values).changes) == ["haAdmissionControlPolicy", "name"]
    subject.update(values)
    assert cluster.name == values["name"]
    assert cluster.configurationEx.dasConfig.admissionControlEnabled
    subject.delete()


def test_a_host_that_left_is_gone(site: Site, provider: VSphereProvider) -> None:
    subject = Subject(provider, "Host")
    subject.create(site.resolve(minimal("Host")))
    host = site.vcenter.ref(vim.HostSystem, subject.id)
    finish(host.DisconnectHost_Task())
    finish(host.Destroy_Task())
    assert subject.refresh() == ""
