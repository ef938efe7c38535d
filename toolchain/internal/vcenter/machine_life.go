package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// PowerOnVMTask starts a virtual machine where the rules of its cluster allow it.
func (m *machineMethods) PowerOnVMTask(ctx *simulator.Context, req *types.PowerOnVM_Task) soap.HasFault {
	vm, _ := get[*simulator.VirtualMachine](ctx, req.This)
	task := m.start(ctx, req.This, "PowerOnVMTask", func() (types.AnyType, fault) {
		if req.Host != nil {
			host, ok := get[*simulator.HostSystem](ctx, *req.Host)
			if !ok {
				return nil, missing(*req.Host)
			}
			if failure := m.move(ctx, vm, host); failure != nil {
				return nil, failure
			}
		}
		return nil, m.powerOn(ctx, vm)
	})
	return &soapmethods.PowerOnVM_TaskBody{Res: &types.PowerOnVM_TaskResponse{Returnval: task}}
}

func (v *VCenter) powerOn(ctx *simulator.Context, vm *simulator.VirtualMachine) fault {
	if vm.Config.Template {
		return new(types.InvalidState)
	}
	host, ok := get[*simulator.HostSystem](ctx, *vm.Runtime.Host)
	if !ok {
		return missing(*vm.Runtime.Host)
	}
	if cluster, ok := clusterOf(ctx, host.Self); ok && yes(cluster.ConfigurationEx.(*types.ClusterConfigInfoEx).DrsConfig.Enabled) {
		rule := v.brokenOn(ctx, vm.Self, host, allRules)
		if rule != nil || !fits(ctx, host, needOf(vm)) {
			better := v.place(ctx, cluster.Host, needOf(vm), hardRules)
			switch {
			case better != nil:
				v.seat(ctx, vm, better)
				host = better
			case rule != nil && fits(ctx, host, needOf(vm)):
				return violation(vm.Self, host.Self, rule)
			}
		}
	}
	if !fits(ctx, host, needOf(vm)) {
		return &types.NoCompatibleHost{}
	}
	_, failure := v.finish(ctx, vm.PowerOnVMTask(ctx, &types.PowerOnVM_Task{This: vm.Self}))
	return failure
}

func violation(vm, host ref, rule types.BaseClusterRuleInfo) fault {
	return &types.RuleViolation{Host: &host, Rule: rule}
}

// move takes a virtual machine to another host of its compute resource, if it can run there.
func (v *VCenter) move(ctx *simulator.Context, vm *simulator.VirtualMachine, host *simulator.HostSystem) fault {
	if !fits(ctx, host, needOf(vm)) {
		return invalid("spec.host")
	}
	if rule := v.brokenOn(ctx, vm.Self, host, hardRules); rule != nil {
		if cluster, ok := clusterOf(ctx, host.Self); ok && yes(cluster.ConfigurationEx.(*types.ClusterConfigInfoEx).DrsConfig.Enabled) {
			return violation(vm.Self, host.Self, rule)
		}
	}
	v.seat(ctx, vm, host)
	return nil
}

// RelocateVMTask moves a virtual machine to another host, resource pool, datastore or folder.
func (m *machineMethods) RelocateVMTask(ctx *simulator.Context, req *types.RelocateVM_Task) soap.HasFault {
	vm, _ := get[*simulator.VirtualMachine](ctx, req.This)
	task := m.start(ctx, req.This, "RelocateVMTask", func() (types.AnyType, fault) {
		return nil, m.relocate(ctx, vm, &req.Spec)
	})
	return &soapmethods.RelocateVM_TaskBody{Res: &types.RelocateVM_TaskResponse{Returnval: task}}
}

func (m *machineMethods) relocate(ctx *simulator.Context, vm *simulator.VirtualMachine, spec *types.VirtualMachineRelocateSpec) fault {
	if spec.Datastore != nil && !slices.Equal(vm.Datastore, []ref{*spec.Datastore}) || spec.Service != nil {
		return new(types.NotSupported)
	}
	for _, disk := range spec.Disk {
		if !slices.Contains(vm.Datastore, disk.Datastore) {
			return new(types.NotSupported)
		}
	}
	host, _ := get[*simulator.HostSystem](ctx, *vm.Runtime.Host)
	if spec.Host != nil {
		wanted, ok := get[*simulator.HostSystem](ctx, *spec.Host)
		if !ok {
			return missing(*spec.Host)
		}
		host = wanted
	}
	if spec.Pool != nil {
		if _, ok := get[*simulator.ResourcePool](ctx, *spec.Pool); !ok {
			return missing(*spec.Pool)
		}
		compute, _ := computeOf(ctx, *spec.Pool)
		if !slices.Contains(compute.Host, host.Self) {
			if spec.Host != nil {
				return invalid("spec.host")
			}
			if host = m.place(ctx, compute.Host, needOf(vm), hardRules); host == nil {
				return &types.NoCompatibleHost{}
			}
		}
	}
	if host.Self != *vm.Runtime.Host {
		if failure := m.move(ctx, vm, host); failure != nil {
			return failure
		}
	}
	if spec.Pool != nil {
		m.enlist(ctx, vm, *spec.Pool)
	}
	if spec.Folder != nil {
		folder, ok := get[*simulator.Folder](ctx, *spec.Folder)
		if !ok {
			return missing(*spec.Folder)
		}
		move := &types.MoveIntoFolder_Task{This: folder.Self, List: []ref{vm.Self}}
		if _, failure := m.finish(ctx, folder.MoveIntoFolderTask(ctx, move)); failure != nil {
			return failure
		}
	}
	if len(spec.DeviceChange) > 0 {
		return m.configure(ctx, vm, &types.VirtualMachineConfigSpec{DeviceChange: spec.DeviceChange})
	}
	return nil
}

// enlist moves a virtual machine to a resource pool.
func (v *VCenter) enlist(ctx *simulator.Context, vm *simulator.VirtualMachine, r ref) {
	if vm.ResourcePool != nil {
		if before, ok := get[*simulator.ResourcePool](ctx, *vm.ResourcePool); ok {
			drop(&before.Vm, vm.Self)
			ctx.Update(before, []types.PropertyChange{{Name: "vm", Val: before.Vm}})
		}
	}
	pool, _ := get[*simulator.ResourcePool](ctx, r)
	add(&pool.Vm, vm.Self)
	ctx.Update(pool, []types.PropertyChange{{Name: "vm", Val: pool.Vm}})
	ctx.Update(vm, []types.PropertyChange{{Name: "resourcePool", Val: &r}})
}

// DestroyTask deletes a virtual machine; it must be powered off.
func (m *machineMethods) DestroyTask(ctx *simulator.Context, req *types.Destroy_Task) soap.HasFault {
	vm, _ := get[*simulator.VirtualMachine](ctx, req.This)
	task := m.start(ctx, req.This, "DestroyTask", func() (types.AnyType, fault) {
		return nil, m.destroyMachine(ctx, vm)
	})
	return &soapmethods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

func (v *VCenter) destroyMachine(ctx *simulator.Context, vm *simulator.VirtualMachine) fault {
	cluster, clustered := clusterOf(ctx, *vm.Runtime.Host)
	before := v.gate.tasks()
	if _, failure := v.finish(ctx, vm.DestroyTask(ctx, &types.Destroy_Task{This: vm.Self})); failure != nil {
		return failure
	}
	v.gate.settle(before) // it deletes files in tasks it does not wait for
	if clustered {
		v.forgetMachine(ctx, cluster, vm.Self)
	}
	v.leaveNetworks(ctx, vm.Self)
	return nil
}

// forget deletes a virtual machine or template, running or not.
func (v *VCenter) forget(ctx *simulator.Context, vm *simulator.VirtualMachine) fault {
	if vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOff {
		off := vm.PowerOffVMTask(ctx, &types.PowerOffVM_Task{This: vm.Self})
		if _, failure := v.finish(ctx, off); failure != nil {
			return failure
		}
	}
	return v.destroyMachine(ctx, vm)
}

// RenameTask renames a virtual machine everywhere its name is told.
func (m *machineMethods) RenameTask(ctx *simulator.Context, req *types.Rename_Task) soap.HasFault {
	vm, _ := get[*simulator.VirtualMachine](ctx, req.This)
	task := m.start(ctx, req.This, "RenameTask", func() (types.AnyType, fault) {
		return nil, m.configure(ctx, vm, &types.VirtualMachineConfigSpec{Name: req.NewName})
	})
	return &soapmethods.Rename_TaskBody{Res: &types.Rename_TaskResponse{Returnval: task}}
}
