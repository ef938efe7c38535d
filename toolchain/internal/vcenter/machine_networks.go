package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// switchesOf are the UUIDs of the distributed switches that some devices' cards are on.
func switchesOf(devices []types.BaseVirtualDevice) []string {
	var list []string
	for _, device := range devices {
		if id := port(device).SwitchUuid; id != "" && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// port is the distributed port a device is on; zero for another device.
func port(device types.BaseVirtualDevice) types.DistributedVirtualSwitchPortConnection {
	card, ok := device.(types.BaseVirtualEthernetCard)
	if !ok {
		return types.DistributedVirtualSwitchPortConnection{}
	}
	backing, ok := card.GetVirtualEthernetCard().Backing.(*types.VirtualEthernetCardDistributedVirtualPortBackingInfo)
	if !ok {
		return types.DistributedVirtualSwitchPortConnection{}
	}
	return backing.Port
}

// settleNetworks makes a virtual machine and the networks its cards are on agree about each other.
func (v *VCenter) settleNetworks(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	var networks []ref
	for _, device := range vm.Config.Hardware.Device {
		card, ok := device.(types.BaseVirtualEthernetCard)
		if !ok {
			continue
		}
		switch backing := card.GetVirtualEthernetCard().Backing.(type) {
		case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
			add(&networks, ref{Type: "DistributedVirtualPortgroup", Value: backing.Port.PortgroupKey})
		case *types.VirtualEthernetCardNetworkBackingInfo:
			if backing.Network != nil {
				add(&networks, *backing.Network)
			}
		}
	}
	ctx.Update(vm, []types.PropertyChange{{Name: "network", Val: networks}})
	for _, entity := range ctx.Map.All("DistributedVirtualPortgroup") {
		v.attend(ctx, entity.(*simulator.DistributedVirtualPortgroup), vm.Self, slices.Contains(networks, entity.Reference()))
	}
}

// leaveNetworks takes a virtual machine that is gone off every port group.
func (v *VCenter) leaveNetworks(ctx *simulator.Context, vm ref) {
	for _, entity := range ctx.Map.All("DistributedVirtualPortgroup") {
		v.attend(ctx, entity.(*simulator.DistributedVirtualPortgroup), vm, false)
	}
}

func (v *VCenter) attend(ctx *simulator.Context, group *simulator.DistributedVirtualPortgroup, vm ref, present bool) {
	if slices.Contains(group.Vm, vm) == present {
		return
	}
	machines := group.Vm
	if present {
		add(&machines, vm)
	} else {
		drop(&machines, vm)
	}
	ctx.Update(group, []types.PropertyChange{{Name: "vm", Val: machines}})
	dvs, ok := get[*simulator.DistributedVirtualSwitch](ctx, *group.Config.DistributedVirtualSwitch)
	if !ok {
		return
	}
	var attached []ref
	for _, other := range all[*simulator.DistributedVirtualPortgroup](ctx, dvs.Portgroup) {
		for _, r := range other.Vm {
			add(&attached, r)
		}
	}
	dvs.Summary.Vm = attached
}
