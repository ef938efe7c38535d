package vcenter

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"metropole/toolchain/internal/world"
)

// bring registers a template of the world in the datacenter of its first host.
func (v *VCenter) bring(ctx *simulator.Context, host *simulator.HostSystem, w *world.Template) fault {
	datacenter, ok := datacenterOf(ctx, host.Self)
	if !ok {
		return invalid("datacenter")
	}
	folder, _ := get[*simulator.Folder](ctx, datacenter.VmFolder)
	if _, found := templateOf(ctx, datacenter, w.Name); found {
		return nil
	}
	if _, taken := named(ctx, w.Name, folder.ChildEntity); taken {
		return &types.DuplicateName{Name: w.Name, Object: folder.Self}
	}
	compute, _ := computeOf(ctx, host.Self)
	spec, failure := templateSpec(w)
	if failure != nil {
		return failure
	}
	result, failure := v.finish(ctx, folder.CreateVMTask(ctx, &types.CreateVM_Task{
		This: folder.Self, Config: *spec, Pool: *compute.ResourcePool, Host: &host.Self,
	}))
	if failure != nil {
		return failure
	}
	vm, _ := get[*simulator.VirtualMachine](ctx, result.(ref))
	if pool, ok := get[*simulator.ResourcePool](ctx, *compute.ResourcePool); ok {
		drop(&pool.Vm, vm.Self)
	}
	if f := vm.MarkAsTemplate(&types.MarkAsTemplate{This: vm.Self}).Fault(); f != nil {
		return f.VimFault().(types.BaseMethodFault)
	}
	return nil
}

func templateSpec(w *world.Template) (*types.VirtualMachineConfigSpec, fault) {
	var devices object.VirtualDeviceList
	controller, err := devices.CreateSCSIController("pvscsi")
	if err != nil {
		return nil, &types.SystemError{Reason: err.Error()}
	}
	file := fmt.Sprintf("[%s] %s/%s.vmdk", w.Datastore, w.Name, w.Name)
	disk := devices.CreateDisk(controller.(types.BaseVirtualController), ref{}, file)
	disk.CapacityInKB = w.DiskGiB << 20
	disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo).ThinProvisioned = types.NewBool(true)
	changes, err := append(devices, controller, disk).ConfigSpec(types.VirtualDeviceConfigSpecOperationAdd)
	if err != nil {
		return nil, &types.SystemError{Reason: err.Error()}
	}
	return &types.VirtualMachineConfigSpec{
		Name:         w.Name,
		GuestId:      w.GuestID,
		NumCPUs:      w.CPUs,
		MemoryMB:     w.MemoryMiB,
		Files:        &types.VirtualMachineFileInfo{VmPathName: fmt.Sprintf("[%s]", w.Datastore)},
		DeviceChange: changes,
	}, nil
}

// templateOf finds a template of the world in a datacenter, wherever it was moved to.
func templateOf(ctx *simulator.Context, datacenter *simulator.Datacenter, name string) (*simulator.VirtualMachine, bool) {
	for _, entity := range ctx.Map.All("VirtualMachine") {
		vm := entity.(*simulator.VirtualMachine)
		if vm.Name != name || !vm.Config.Template {
			continue
		}
		if home, ok := datacenterOf(ctx, vm.Self); ok && home.Self == datacenter.Self {
			return vm, true
		}
	}
	return nil, false
}

// rehome hands a leaving host's templates to another host that brings the same; without one they go.
func (v *VCenter) rehome(ctx *simulator.Context, leaving *simulator.HostSystem) fault {
	for _, vm := range all[*simulator.VirtualMachine](ctx, leaving.Vm) {
		if !vm.Config.Template {
			continue
		}
		if next := v.otherBringer(ctx, leaving, vm); next != nil {
			v.seat(ctx, vm, next)
		} else if failure := v.forget(ctx, vm); failure != nil {
			return failure
		}
	}
	return nil
}

// otherBringer is a host that has a template, or the datastore of one that was made later.
func (v *VCenter) otherBringer(ctx *simulator.Context, leaving *simulator.HostSystem, vm *simulator.VirtualMachine) *simulator.HostSystem {
	native := v.world.Template(vm.Name) != nil
	for _, host := range v.hosts(ctx) {
		if host.Self == leaving.Self {
			continue
		}
		w := v.world.Host(host.Name)
		brings := native && w != nil && slices.Contains(w.Templates, vm.Name)
		shares := !native && !slices.ContainsFunc(vm.Datastore, func(store ref) bool { return !mounts(host, store) })
		if brings || shares {
			return host
		}
	}
	return nil
}
