"""The golden image's descriptor, imported by a simulated vCenter's own OVF manager, and made a template."""

from __future__ import annotations

from typing import Any

from pyVmomi import vim

from operations.hosts.vcenter_template import VirtualDisk, descriptor
from operations.worlds.equipment import TEMPLATE
from tests.twin.vsphere.given import Site

NAME = "imported"
CAPACITY = 7 * 2**30


def test_a_vcenter_makes_of_it_the_template_that_hosts_are_cloned_from(site: Site) -> None:
    vcenter = site.vcenter
    pool, datastore = vcenter.every(vim.ResourcePool)[0], vcenter.every(vim.Datastore)[0]
    networks = [vim.OvfManager.NetworkMapping(name="any", network=vcenter.every(vim.Network)[0])]
    asked = vim.OvfManager.CreateImportSpecParams(entityName=NAME, diskProvisioning="thin", networkMapping=networks)
    text = descriptor("metropole", "0123456789abcdef", VirtualDisk("metropole.vmdk", 1000, CAPACITY))
    made = vcenter.content.ovfManager.CreateImportSpec(text, pool, datastore, asked)
    assert not made.error
    assert [item.path for item in made.fileItem] == ["metropole.vmdk"]

    lease = pool.ImportVApp(made.importSpec, vcenter.every(vim.Datacenter)[0].vmFolder)
    assert lease.state == "ready"
    lease.Complete()
    machine: Any = next(each for each in vcenter.every(vim.VirtualMachine) if each.name == NAME)
    try:
        config = machine.config
        assert (config.guestId, config.version) == (TEMPLATE["guest_id"], "vmx-20")
        assert (config.hardware.numCPU, config.hardware.memoryMB) == (TEMPLATE["cpus"], TEMPLATE["memory_mib"])
        devices = config.hardware.device
        assert any(isinstance(each, vim.vm.device.ParaVirtualSCSIController) for each in devices)
        [disk] = (each for each in devices if isinstance(each, vim.vm.device.VirtualDisk))
        assert disk.capacityInKB * 1024 == CAPACITY
        assert [type(each) for each in devices if isinstance(each, vim.vm.device.VirtualEthernetCard)] == [
            vim.vm.device.VirtualVmxnet3
        ]
        machine.MarkAsTemplate()
        assert machine.config.template
    finally:
        machine.Destroy_Task()
