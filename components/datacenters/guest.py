"""One virtual machine, cloned from its site's template and told who it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_vsphere as vsphere

from components.datacenters.site import Category, Site
from components.user_data import Address, extra_config
from territory.model import Criticality


@dataclass(frozen=True)
class NetworkCard:
    """One card of a guest and what the guest is told about it."""

    network_id: pulumi.Input[str]
    """The port group it is plugged into. Example: `dvportgroup-21`."""
    address: Address
    """Its hardware address and IPv4 configuration."""


@dataclass(frozen=True)
class GuestArgs:
    """What a `Guest` is made of."""

    provider: vsphere.Provider
    """The vCenter it lives in: always its site's."""
    site: Site
    """Where it lives: cluster, datastore, template, pools, tags."""
    hostname: str
    """Name in the vCenter and host name, one DNS label. Example: `lac-bastion`."""
    folder: str
    """Inventory folder, relative to the datacenter's VM folder. Example: `platform/access`."""
    criticality: Criticality
    """Chooses the resource pool, hence who waits when the cluster is short."""
    cards: Sequence[NetworkCard]
    """At least one, in the order the guest sees them."""
    cpus: int
    """Virtual CPUs. Example: `2`."""
    memory_mib: int
    """Example: `2048`."""
    tags: Mapping[Category, str]
    """One tag name a category. Example: `{Category.SERVICE: "water-telemetry"}`."""
    authorized_keys: Sequence[str] = ()
    """OpenSSH public keys of the platform's automation."""
    depends_on: Sequence[pulumi.Resource] = ()
    """What has to exist first and is not seen from the other arguments, as its folder."""
    protect: bool = False
    """True when its disk holds what cannot be made again: Pulumi then refuses to delete it."""


class Guest(pulumi.ComponentResource):
    """A virtual machine with deterministic addresses, guestinfo user-data and tags."""

    vm_id: pulumi.Output[str]
    """Its UUID, by which affinity rules name it."""

    def __init__(self, name: str, args: GuestArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("metropole:index:Guest", name, {}, opts)
        template = args.site.template
        machine = vsphere.VirtualMachine(
            f"{name}-vm",
            name=args.hostname,
            folder=args.folder,
            resource_pool_id=args.site.pool_ids[args.criticality],
            datastore_id=args.site.datastore_id,
            num_cpus=args.cpus,
            memory=args.memory_mib,
            guest_id=template.guest_id,
            firmware=template.firmware,
            efi_secure_boot_enabled=pulumi.Output.from_input(template.firmware).apply(lambda kind: kind == "efi"),
            disks=[
                vsphere.VirtualMachineDiskArgs(
                    label="disk0", size=template.disk_gib, unit_number=0, thin_provisioned=True
                )
            ],
            network_interfaces=[
                vsphere.VirtualMachineNetworkInterfaceArgs(
                    network_id=card.network_id,
                    adapter_type="vmxnet3",
                    use_static_mac=True,
                    mac_address=card.address.mac,
                )
                for card in args.cards
            ],
            clone=vsphere.VirtualMachineCloneArgs(template_uuid=template.uuid),
            extra_config=extra_config(args.hostname, [card.address for card in args.cards], args.authorized_keys),
            tags=args.site.tags(args.tags),
            # Whether the guest answers is judged from the network it serves, not by VMware Tools.
            wait_for_guest_net_timeout=0,
            opts=pulumi.ResourceOptions(
                parent=self, provider=args.provider, depends_on=list(args.depends_on), protect=args.protect or None
            ),
        )
        self.vm_id = machine.id
        self.register_outputs({"vmId": self.vm_id})
