package vcenter

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// ReconfigVMTask changes a virtual machine.
func (m *machineMethods) ReconfigVMTask(ctx *simulator.Context, req *types.ReconfigVM_Task) soap.HasFault {
	vm, _ := get[*simulator.VirtualMachine](ctx, req.This)
	task := m.start(ctx, req.This, "ReconfigVMTask", func() (types.AnyType, fault) {
		return nil, m.configure(ctx, vm, &req.Spec)
	})
	return &soapmethods.ReconfigVM_TaskBody{Res: &types.ReconfigVM_TaskResponse{Returnval: task}}
}

// byHand are fields that the simulator itself keeps right, or that mean something else in a configuration.
var byHand = []string{"ExtraConfig", "ChangeVersion", "Name", "Uuid", "InstanceUuid", "GuestId", "Version", "Crypto"}

// configure applies a specification to a virtual machine: the simulator does devices and what it knows of, the rest of
// the fields is then merged in.
func (m *machineMethods) configure(ctx *simulator.Context, vm *simulator.VirtualMachine, spec *types.VirtualMachineConfigSpec) fault {
	if failure := m.checkConfig(ctx, vm, spec); failure != nil {
		return failure
	}
	if failure := m.checkCards(ctx, vm, spec.DeviceChange); failure != nil {
		return failure
	}
	before := *vm.Config
	order := keys(vm.Config.Hardware.Device)
	answer := vm.ReconfigVMTask(ctx, &types.ReconfigVM_Task{This: vm.Self, Spec: *spec})
	_, failure := m.finish(ctx, answer)
	m.settleNetworks(ctx, vm)
	if failure != nil {
		return failure
	}
	merged := before
	merge(&merged, spec)
	into, from, asked := reflect.ValueOf(vm.Config).Elem(), reflect.ValueOf(&merged).Elem(), reflect.TypeOf(*spec)
	for i := range asked.NumField() {
		name := asked.Field(i).Name
		target := into.FieldByName(name)
		if !target.IsValid() || slices.Contains(byHand, name) || target.Type() != asked.Field(i).Type &&
			reflect.PointerTo(target.Type()) != asked.Field(i).Type || name == "Files" {
			continue
		}
		target.Set(from.FieldByName(name))
	}
	hardware := &vm.Config.Hardware
	if spec.PowerOpInfo != nil {
		merge(&vm.Config.DefaultPowerOps, spec.PowerOpInfo)
	}
	for target, value := range map[**bool]*bool{
		&hardware.VirtualICH7MPresent: spec.VirtualICH7MPresent, &hardware.VirtualSMCPresent: spec.VirtualSMCPresent,
	} {
		if value != nil {
			*target = value
		}
	}
	allot(vm.Config.CpuAllocation, int64(hardware.NumCPU)*1000)
	allot(vm.Config.MemoryAllocation, int64(hardware.MemoryMB)*10)
	vm.Summary.Config.Annotation = vm.Config.Annotation
	vm.Summary.Config.CpuReservation = int32(value(vm.Config.CpuAllocation.Reservation))
	vm.Summary.Config.MemoryReservation = int32(value(vm.Config.MemoryAllocation.Reservation))
	hardware.Device = ordered(hardware.Device, order)
	return nil
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// allot fills in the number of shares that a level stands for, normal being n.
func allot(info *types.ResourceAllocationInfo, n int64) {
	if info == nil || info.Shares == nil {
		return
	}
	shares := *info.Shares
	switch shares.Level {
	case types.SharesLevelLow:
		shares.Shares = int32(n / 2)
	case types.SharesLevelNormal:
		shares.Shares = int32(n)
	case types.SharesLevelHigh:
		shares.Shares = int32(n * 2)
	}
	info.Shares = &shares
}

// checkConfig refuses what a real vCenter refuses, and what this one could not keep.
func (m *machineMethods) checkConfig(ctx *simulator.Context, vm *simulator.VirtualMachine, spec *types.VirtualMachineConfigSpec) fault {
	if spec.CpuFeatureMask != nil || spec.VirtualNuma != nil || spec.VmProfile != nil || spec.VmPlacementPolicies != nil {
		return new(types.NotSupported)
	}
	if spec.Name != "" && spec.Name != vm.Name {
		if folder, ok := parentFolder(ctx, vm.Self); ok {
			if other, taken := named(ctx, spec.Name, folder.ChildEntity); taken {
				return &types.DuplicateName{Name: spec.Name, Object: other}
			}
		}
	}
	if spec.NumCPUs < 0 || spec.MemoryMB < 0 || spec.MemoryMB%4 != 0 {
		return invalid("configSpec")
	}
	if vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
		return nil
	}
	hardware := vm.Config.Hardware
	if n := spec.NumCPUs; n > hardware.NumCPU && !yes(vm.Config.CpuHotAddEnabled) ||
		n != 0 && n < hardware.NumCPU && !yes(vm.Config.CpuHotRemoveEnabled) {
		return &types.CpuHotPlugNotSupported{}
	}
	if n := spec.MemoryMB; n > int64(hardware.MemoryMB) && !yes(vm.Config.MemoryHotAddEnabled) ||
		n != 0 && n < int64(hardware.MemoryMB) {
		return &types.MemoryHotPlugNotSupported{}
	}
	return nil
}

// checkCards gives network cards their addresses and refuses those on networks that do not exist.
func (m *machineMethods) checkCards(ctx *simulator.Context, vm *simulator.VirtualMachine, changes []types.BaseVirtualDeviceConfigSpec) fault {
	for i, change := range changes {
		c := change.GetVirtualDeviceConfigSpec()
		base, ok := c.Device.(types.BaseVirtualEthernetCard)
		if !ok || c.Operation == types.VirtualDeviceConfigSpecOperationRemove {
			continue
		}
		card := base.GetVirtualEthernetCard()
		if failure := m.checkNetwork(ctx, vm, card); failure != nil {
			return failure
		}
		if c.Operation == types.VirtualDeviceConfigSpecOperationEdit {
			old, ok := deviceByKey(vm, card.Key).(types.BaseVirtualEthernetCard)
			if !ok {
				return &types.InvalidDeviceSpec{DeviceIndex: int32(i)}
			}
			keepCard(card, old.GetVirtualEthernetCard())
		}
		if card.MacAddress == "" {
			m.cards++
			card.MacAddress = fmt.Sprintf("00:50:56:%02x:%02x:%02x", 0x80+m.site, m.cards>>8, m.cards&0xff)
		}
		if card.AddressType == "" || card.AddressType == string(types.VirtualEthernetCardMacTypeGenerated) {
			card.AddressType = string(types.VirtualEthernetCardMacTypeAssigned)
		}
	}
	return nil
}

// keepCard carries over what an edit leaves out.
func keepCard(card, old *types.VirtualEthernetCard) {
	if card.MacAddress == "" {
		card.MacAddress, card.AddressType = old.MacAddress, old.AddressType
	}
	if card.UnitNumber == nil {
		card.UnitNumber, card.ControllerKey = old.UnitNumber, old.ControllerKey
	}
	if card.ResourceAllocation == nil {
		card.ResourceAllocation = old.ResourceAllocation
	}
	if card.Connectable == nil {
		card.Connectable = old.Connectable
	}
	if card.DeviceInfo == nil && old.DeviceInfo != nil {
		card.DeviceInfo = &types.Description{Label: old.DeviceInfo.GetDescription().Label}
	}
}

func (m *machineMethods) checkNetwork(ctx *simulator.Context, vm *simulator.VirtualMachine, card *types.VirtualEthernetCard) fault {
	switch backing := card.Backing.(type) {
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		group, ok := get[*simulator.DistributedVirtualPortgroup](ctx, ref{
			Type: "DistributedVirtualPortgroup", Value: backing.Port.PortgroupKey,
		})
		dvs := switchByUUID(ctx, backing.Port.SwitchUuid)
		if !ok || dvs == nil || *group.Config.DistributedVirtualSwitch != dvs.Self || yes(group.Config.Uplink) {
			return invalid("configSpec.deviceChange.device.backing.port")
		}
		return nil
	case *types.VirtualEthernetCardNetworkBackingInfo:
		if datacenter, ok := datacenterOf(ctx, vm.Self); ok {
			if _, found := named(ctx, backing.DeviceName, standardNetworks(ctx, datacenter)); found {
				return nil
			}
		}
		return invalid("configSpec.deviceChange.device.backing.deviceName")
	}
	return new(types.NotSupported)
}

func deviceByKey(vm *simulator.VirtualMachine, key int32) types.BaseVirtualDevice {
	for _, device := range vm.Config.Hardware.Device {
		if device.GetVirtualDevice().Key == key {
			return device
		}
	}
	return nil
}

func keys(devices []types.BaseVirtualDevice) []int32 {
	list := make([]int32, len(devices))
	for i, device := range devices {
		list[i] = device.GetVirtualDevice().Key
	}
	return list
}

// ordered puts devices back in the order they had, new ones last: the simulator moves an edited one to the end.
func ordered(devices []types.BaseVirtualDevice, order []int32) []types.BaseVirtualDevice {
	rank := func(device types.BaseVirtualDevice) int {
		if at := slices.Index(order, device.GetVirtualDevice().Key); at >= 0 {
			return at
		}
		return len(order)
	}
	sorted := slices.Clone(devices)
	slices.SortStableFunc(sorted, func(a, b types.BaseVirtualDevice) int { return rank(a) - rank(b) })
	return sorted
}
