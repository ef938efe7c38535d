package vcenter

import (
	"fmt"
	"sync"
	"testing"

	"github.com/vmware/govmomi/object"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func (l *lab) destroy(r types.ManagedObjectReference) (*object.Task, error) {
	return object.NewCommon(l.client.Client, r).Destroy(l.ctx)
}

func (l *lab) reconfigurePortgroup(r types.ManagedObjectReference, spec types.DVPortgroupConfigSpec) (*object.Task, error) {
	return object.NewDistributedVirtualPortgroup(l.client.Client, r).Reconfigure(l.ctx, spec)
}

func addCard(dvs, group string) []types.BaseVirtualDeviceConfigSpec {
	card := &types.VirtualVmxnet3{}
	card.Key = -1
	card.Backing = &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{
		Port: types.DistributedVirtualSwitchPortConnection{SwitchUuid: dvs, PortgroupKey: group},
	}
	return []types.BaseVirtualDeviceConfigSpec{&types.VirtualDeviceConfigSpec{
		Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: card,
	}}
}

func (l *lab) cloneWith(name string, config *types.VirtualMachineConfigSpec) *object.VirtualMachine {
	l.Helper()
	task, err := l.template().Clone(l.ctx, l.folders.VmFolder, name, l.cloneSpec(config))
	return object.NewVirtualMachine(l.client.Client, l.result(task, err).(types.ManagedObjectReference))
}

func extra(vm mo.VirtualMachine, key string) any {
	for _, option := range vm.Config.ExtraConfig {
		if o := option.GetOptionValue(); o.Key == key {
			return o.Value
		}
	}
	return nil
}

func cards(vm mo.VirtualMachine) []*types.VirtualEthernetCard {
	var list []*types.VirtualEthernetCard
	for _, device := range vm.Config.Hardware.Device {
		if card, ok := device.(types.BaseVirtualEthernetCard); ok {
			list = append(list, card.GetVirtualEthernetCard())
		}
	}
	return list
}

func disk(vm mo.VirtualMachine) *types.VirtualDisk {
	for _, device := range vm.Config.Hardware.Device {
		if disk, ok := device.(*types.VirtualDisk); ok {
			return disk
		}
	}
	return nil
}

func TestACloneIsWhatItsSpecificationSays(t *testing.T) {
	l := furnished(t, 2)
	group := l.portgroup(types.DVPortgroupConfigSpec{Name: "admin"})
	template := read[mo.VirtualMachine](l, l.template().Reference())
	larger := *disk(template)
	larger.CapacityInKB, larger.CapacityInBytes = 20<<20, 20<<30
	changes := append(addCard(l.switchConfig().Uuid, group.Key), &types.VirtualDeviceConfigSpec{
		Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: &larger,
	})
	vm := read[mo.VirtualMachine](l, l.cloneWith("guest", &types.VirtualMachineConfigSpec{
		NumCPUs: 4, NumCoresPerSocket: types.NewInt32(2), MemoryMB: 4096, Annotation: "water telemetry",
		CpuHotAddEnabled: types.NewBool(true), Firmware: "efi",
		CpuAllocation: &types.ResourceAllocationInfo{Reservation: types.NewInt64(500)},
		Tools:         &types.ToolsConfigInfo{SyncTimeWithHost: types.NewBool(true)},
		Flags:         &types.VirtualMachineFlagInfo{EnableLogging: types.NewBool(false)},
		ExtraConfig: []types.BaseOptionValue{
			&types.OptionValue{Key: "guestinfo.userdata", Value: "Zm9v"},
			&types.OptionValue{Key: "guestinfo.metadata", Value: "YmFy"},
		},
		DeviceChange: changes,
	}).Reference())

	same(l, "power", vm.Runtime.PowerState, types.VirtualMachinePowerStatePoweredOn)
	same(l, "template", vm.Config.Template, false)
	same(l, "cpus", vm.Config.Hardware.NumCPU, 4)
	same(l, "cores", *vm.Config.Hardware.NumCoresPerSocket, 2)
	same(l, "memory", vm.Config.Hardware.MemoryMB, 4096)
	same(l, "annotation", vm.Config.Annotation, "water telemetry")
	same(l, "hot add", *vm.Config.CpuHotAddEnabled, true)
	same(l, "firmware", vm.Config.Firmware, "efi")
	same(l, "reservation", *vm.Config.CpuAllocation.Reservation, 500)
	same(l, "limit, not mentioned", *vm.Config.CpuAllocation.Limit, -1)
	same(l, "tools", *vm.Config.Tools.SyncTimeWithHost, true)
	same(l, "logging", *vm.Config.Flags.EnableLogging, false)
	same(l, "userdata", extra(vm, "guestinfo.userdata"), any("Zm9v"))
	same(l, "metadata", extra(vm, "guestinfo.metadata"), any("YmFy"))
	same(l, "disk", disk(vm).CapacityInKB, 20<<20)
	same(l, "cards", len(cards(vm)), 1)
	same(l, "group", cards(vm)[0].Backing.(*types.VirtualEthernetCardDistributedVirtualPortBackingInfo).Port.PortgroupKey, group.Key)
	same(l, "networks", len(vm.Network), 1)
	same(l, "required by strict clients", vm.Runtime.FaultToleranceState, types.VirtualMachineFaultToleranceStateNotConfigured)
	if vm.Config.Uuid == template.Config.Uuid || vm.Config.Uuid == "" || vm.Config.InstanceUuid == vm.Config.Uuid {
		t.Errorf("uuids %s, %s, template's %s", vm.Config.Uuid, vm.Config.InstanceUuid, template.Config.Uuid)
	}

	task, err := l.template().Clone(l.ctx, l.folders.VmFolder, "guest", l.cloneSpec(nil))
	refused[*types.DuplicateName](l, task, err)
	bad := l.cloneSpec(&types.VirtualMachineConfigSpec{DeviceChange: addCard(l.switchConfig().Uuid, "dvportgroup-99999")})
	task, err = l.template().Clone(l.ctx, l.folders.VmFolder, "half", bad)
	refused[*types.InvalidArgument](l, task, err)
	same(l, "nothing half made", len(read[mo.Folder](l, l.folders.VmFolder.Reference(), "childEntity").ChildEntity), 2)
}

func TestAMachineIsReconfigured(t *testing.T) {
	l := furnished(t, 1)
	first, second := l.portgroup(types.DVPortgroupConfigSpec{Name: "admin"}), l.portgroup(types.DVPortgroupConfigSpec{Name: "data"})
	id := l.switchConfig().Uuid
	guest := l.cloneWith("guest", &types.VirtualMachineConfigSpec{DeviceChange: append(addCard(id, first.Key), addCard(id, first.Key)...)})
	before := cards(read[mo.VirtualMachine](l, guest.Reference()))
	same(l, "cards", len(before), 2)

	task, err := guest.Reconfigure(l.ctx, types.VirtualMachineConfigSpec{NumCPUs: 2})
	refused[*types.CpuHotPlugNotSupported](l, task, err)
	l.result(guest.PowerOff(l.ctx))

	moved := &types.VirtualVmxnet3{}
	moved.Key = before[0].Key
	moved.Backing = &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{
		Port: types.DistributedVirtualSwitchPortConnection{SwitchUuid: id, PortgroupKey: second.Key},
	}
	gone := &types.VirtualVmxnet3{}
	gone.Key = before[1].Key
	gone.Backing = before[1].Backing
	l.result(guest.Reconfigure(l.ctx, types.VirtualMachineConfigSpec{
		Name: "renamed", NumCPUs: 2, MemoryMB: 1024, Annotation: "note",
		ExtraConfig: []types.BaseOptionValue{&types.OptionValue{Key: "guestinfo.userdata", Value: "eA=="}},
		DeviceChange: []types.BaseVirtualDeviceConfigSpec{
			&types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: moved},
			&types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationRemove, Device: gone},
		},
	}))
	vm := read[mo.VirtualMachine](l, guest.Reference())
	same(l, "name", vm.Name, "renamed")
	same(l, "config name", vm.Config.Name, "renamed")
	same(l, "cpus", vm.Config.Hardware.NumCPU, 2)
	same(l, "memory", vm.Config.Hardware.MemoryMB, 1024)
	same(l, "userdata", extra(vm, "guestinfo.userdata"), any("eA=="))
	same(l, "cards", len(cards(vm)), 1)
	same(l, "key", cards(vm)[0].Key, before[0].Key)
	same(l, "address", cards(vm)[0].MacAddress, before[0].MacAddress)
	same(l, "network", vm.Network[0], second.Self)
	same(l, "old group", len(read[mo.DistributedVirtualPortgroup](l, first.Self).Vm), 0)

	l.result(guest.Reconfigure(l.ctx, types.VirtualMachineConfigSpec{
		ExtraConfig: []types.BaseOptionValue{&types.OptionValue{Key: "guestinfo.userdata", Value: ""}},
	}))
	vm = read[mo.VirtualMachine](l, guest.Reference())
	same(l, "userdata", extra(vm, "guestinfo.userdata"), nil)
	same(l, "annotation, not mentioned", vm.Config.Annotation, "note")
}

func TestAMachineMoves(t *testing.T) {
	l := furnished(t, 2)
	guest := l.clone("guest")
	root, err := l.cluster.ResourcePool(l.ctx)
	l.ok(err)
	pool, err := root.Create(l.ctx, "vital", types.DefaultResourceConfigSpec())
	l.ok(err)
	folder, err := l.folders.VmFolder.CreateFolder(l.ctx, "services")
	l.ok(err)
	target := l.hosts[0]
	if l.hostOf(guest) == "esxi-1" {
		target = l.hosts[1]
	}
	l.result(guest.Relocate(l.ctx, types.VirtualMachineRelocateSpec{
		Host: types.NewReference(target.Reference()), Pool: types.NewReference(pool.Reference()),
		Folder: types.NewReference(folder.Reference()),
	}, types.VirtualMachineMovePriorityDefaultPriority))
	vm := read[mo.VirtualMachine](l, guest.Reference())
	same(l, "host", *vm.Runtime.Host, target.Reference())
	same(l, "pool", *vm.ResourcePool, pool.Reference())
	same(l, "folder", *vm.Parent, folder.Reference())
	same(l, "pool's machines", len(read[mo.ResourcePool](l, pool.Reference(), "vm").Vm), 1)
	same(l, "root's machines", len(read[mo.ResourcePool](l, root.Reference(), "vm").Vm), 0)
	same(l, "host's machines", len(read[mo.HostSystem](l, target.Reference(), "vm").Vm) > 0, true)
}

func TestAPoolKeepsItsConfiguration(t *testing.T) {
	l := furnished(t, 1)
	root, err := l.cluster.ResourcePool(l.ctx)
	l.ok(err)
	spec := types.DefaultResourceConfigSpec()
	spec.CpuAllocation.Shares = &types.SharesInfo{Level: types.SharesLevelHigh}
	spec.CpuAllocation.Reservation = types.NewInt64(2000)
	spec.MemoryAllocation.Shares = &types.SharesInfo{Level: types.SharesLevelCustom, Shares: 1234}
	spec.MemoryAllocation.Limit = types.NewInt64(4096)
	spec.ScaleDescendantsShares = "scaleCpuAndMemoryShares"
	pool, err := root.Create(l.ctx, "vital", spec)
	l.ok(err)
	config := read[mo.ResourcePool](l, pool.Reference(), "config").Config
	same(l, "cpu shares", *config.CpuAllocation.Shares, types.SharesInfo{Level: types.SharesLevelHigh, Shares: 8000})
	same(l, "cpu reservation", *config.CpuAllocation.Reservation, 2000)
	same(l, "memory shares", *config.MemoryAllocation.Shares, types.SharesInfo{Level: types.SharesLevelCustom, Shares: 1234})
	same(l, "memory limit", *config.MemoryAllocation.Limit, 4096)
	same(l, "scaling", config.ScaleDescendantsShares, "scaleCpuAndMemoryShares")

	l.ok(pool.UpdateConfig(l.ctx, "essential", &types.ResourceConfigSpec{
		CpuAllocation: types.ResourceAllocationInfo{ExpandableReservation: types.NewBool(false), Limit: types.NewInt64(9000)},
	}))
	changed := read[mo.ResourcePool](l, pool.Reference(), "config", "name", "summary")
	same(l, "name", changed.Name, "essential")
	same(l, "summary", changed.Summary.GetResourcePoolSummary().Name, "essential")
	same(l, "expandable", *changed.Config.CpuAllocation.ExpandableReservation, false)
	same(l, "limit", *changed.Config.CpuAllocation.Limit, 9000)
	same(l, "reservation, not mentioned", *changed.Config.CpuAllocation.Reservation, 2000)
}

func TestManyClientsLoseNothing(t *testing.T) {
	l := furnished(t, 4)
	const clients = 8
	var group sync.WaitGroup
	errors := make(chan error, clients*4)
	template, spec := l.template().Reference(), l.cloneSpec(&types.VirtualMachineConfigSpec{NumCPUs: 2})
	for i := range clients {
		client := l.login()
		group.Go(func() {
			name := fmt.Sprintf("guest-%d", i)
			task, err := object.NewVirtualMachine(client.Client, template).Clone(l.ctx, l.folders.VmFolder, name, spec)
			if err == nil {
				err = task.Wait(l.ctx)
			}
			errors <- err
			_, err = soapmethods.AddDVPortgroup_Task(l.ctx, client, &types.AddDVPortgroup_Task{
				This: l.dvs.Reference(), Spec: []types.DVPortgroupConfigSpec{{Name: "group-" + name}},
			})
			errors <- err
			task, err = object.NewClusterComputeResource(client.Client, l.cluster.Reference()).Reconfigure(l.ctx, &types.ClusterConfigSpecEx{
				GroupSpec: []types.ClusterGroupSpec{{
					ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationAdd},
					Info:            &types.ClusterHostGroup{ClusterGroupInfo: types.ClusterGroupInfo{Name: name}},
				}},
			}, true)
			if err == nil {
				err = task.Wait(l.ctx)
			}
			errors <- err
		})
	}
	group.Wait()
	close(errors)
	for err := range errors {
		l.ok(err)
	}
	same(l, "machines", len(read[mo.Folder](l, l.folders.VmFolder.Reference(), "childEntity").ChildEntity), clients+1)
	same(l, "port groups", len(read[mo.DistributedVirtualSwitch](l, l.dvs.Reference(), "portgroup").Portgroup), clients+1)
	same(l, "groups", len(l.clusterConfig().Group), clients)
	for _, host := range l.hosts {
		same(l, "spread", countMachines(l, host), clients/len(l.hosts))
	}
}

func countMachines(l *lab, host *object.HostSystem) int {
	count := 0
	for _, r := range read[mo.HostSystem](l, host.Reference(), "vm").Vm {
		if !read[mo.VirtualMachine](l, r, "config.template").Config.Template {
			count++
		}
	}
	return count
}

func TestAMachineIsMadeFromNothing(t *testing.T) {
	l := furnished(t, 2)
	pool, err := l.cluster.ResourcePool(l.ctx)
	l.ok(err)
	spec := types.VirtualMachineConfigSpec{
		Name: "bare", GuestId: "debian12_64Guest", NumCPUs: 2, MemoryMB: 1024, Annotation: "by hand",
		Files: &types.VirtualMachineFileInfo{VmPathName: "[san]"},
	}
	task, err := l.folders.VmFolder.CreateVM(l.ctx, spec, pool, nil)
	vm := read[mo.VirtualMachine](l, l.result(task, err).(types.ManagedObjectReference))
	same(l, "cpus", vm.Config.Hardware.NumCPU, 2)
	same(l, "annotation", vm.Config.Annotation, "by hand")
	spec.Name, spec.Files.VmPathName = "other", "[nowhere]"
	task, err = l.folders.VmFolder.CreateVM(l.ctx, spec, pool, nil)
	refused[*types.InvalidDatastorePath](l, task, err)
}
