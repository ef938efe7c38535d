package vcenter

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// machineMethods are those of VirtualMachine.
type machineMethods struct{ *methods }

// CloneVMTask makes a copy as its specification says: where, with which hardware, named cards, guestinfo, powered on.
func (m *machineMethods) CloneVMTask(ctx *simulator.Context, req *types.CloneVM_Task) soap.HasFault {
	source, _ := get[*simulator.VirtualMachine](ctx, req.This)
	task := m.start(ctx, req.This, "CloneVMTask", func() (types.AnyType, fault) {
		clone, failure := m.clone(ctx, source, req)
		if failure != nil {
			return nil, failure
		}
		return clone.Self, nil
	})
	return &soapmethods.CloneVM_TaskBody{Res: &types.CloneVM_TaskResponse{Returnval: task}}
}

func (m *machineMethods) clone(ctx *simulator.Context, source *simulator.VirtualMachine, req *types.CloneVM_Task) (*simulator.VirtualMachine, fault) {
	location := req.Spec.Location
	switch {
	case req.Spec.Customization != nil, req.Spec.Snapshot != nil, location.Service != nil, location.CryptoSpec != nil:
		return nil, new(types.NotSupported)
	case req.Spec.Template && req.Spec.PowerOn:
		return nil, invalid("spec.powerOn")
	}
	folder, ok := get[*simulator.Folder](ctx, req.Folder)
	if !ok {
		return nil, missing(req.Folder)
	}
	if !slices.Contains(folder.ChildType, "VirtualMachine") {
		return nil, invalid("folder")
	}
	if other, taken := named(ctx, req.Name, folder.ChildEntity); taken {
		return nil, &types.DuplicateName{Name: req.Name, Object: other}
	}
	changes := slices.Clone(location.DeviceChange)
	if req.Spec.Config != nil {
		changes = append(changes, req.Spec.Config.DeviceChange...)
	}
	host, failure := m.cloneHost(ctx, source, &location, changes)
	if failure != nil {
		return nil, failure
	}

	bare := *req
	bare.Spec = types.VirtualMachineCloneSpec{Location: types.VirtualMachineRelocateSpec{
		Datastore: location.Datastore, Pool: location.Pool, Host: &host.Self,
	}}
	result, failure := m.finish(ctx, source.CloneVMTask(ctx, &bare))
	if failure != nil {
		return nil, failure
	}
	clone, _ := get[*simulator.VirtualMachine](ctx, result.(ref))
	return clone, m.finishClone(ctx, clone, req, changes)
}

// finishClone gives a bare copy what its specification asks for; a copy that cannot have it is deleted.
func (m *machineMethods) finishClone(ctx *simulator.Context, clone *simulator.VirtualMachine, req *types.CloneVM_Task, changes []types.BaseVirtualDeviceConfigSpec) fault {
	spec := types.VirtualMachineConfigSpec{}
	if req.Spec.Config != nil {
		spec = *req.Spec.Config
	}
	spec.DeviceChange = changes
	if spec.Uuid == "" {
		// The simulator derives it from the path: a machine made anew would pass for the old one.
		spec.Uuid = uuid.NewString()
	}
	if spec.InstanceUuid == "" {
		spec.InstanceUuid = uuid.NewString()
	}
	failure := m.configure(ctx, clone, &spec)
	if failure == nil && req.Spec.Template {
		if f := clone.MarkAsTemplate(&types.MarkAsTemplate{This: clone.Self}).Fault(); f != nil {
			failure = f.VimFault().(types.BaseMethodFault)
		}
	}
	if failure == nil && req.Spec.PowerOn {
		failure = m.powerOn(ctx, clone)
	}
	if failure != nil {
		if undo := m.forget(ctx, clone); undo != nil {
			return &types.SystemError{Reason: fmt.Sprintf("%T after %T", undo, failure)}
		}
	}
	return failure
}

// cloneHost is the host asked for, or the one DRS chooses among those of the pool.
func (m *machineMethods) cloneHost(ctx *simulator.Context, source *simulator.VirtualMachine, location *types.VirtualMachineRelocateSpec, changes []types.BaseVirtualDeviceConfigSpec) (*simulator.HostSystem, fault) {
	if location.Pool == nil {
		if source.Config.Template {
			return nil, invalid("spec.location.pool")
		}
		location.Pool = source.ResourcePool
	}
	if _, ok := get[*simulator.ResourcePool](ctx, *location.Pool); !ok {
		return nil, missing(*location.Pool)
	}
	compute, _ := computeOf(ctx, *location.Pool)
	stores := source.Datastore
	if location.Datastore != nil {
		if _, ok := get[*simulator.Datastore](ctx, *location.Datastore); !ok {
			return nil, missing(*location.Datastore)
		}
		stores = []ref{*location.Datastore}
	}
	var devices []types.BaseVirtualDevice
	for _, change := range changes {
		if c := change.GetVirtualDeviceConfigSpec(); c.Operation == types.VirtualDeviceConfigSpecOperationAdd {
			devices = append(devices, c.Device)
		}
	}
	wanted := need{stores: stores, switches: switchesOf(devices)}
	if location.Host == nil {
		if host := m.place(ctx, compute.Host, wanted, hardRules); host != nil {
			return host, nil
		}
		return nil, &types.NoCompatibleHost{}
	}
	host, ok := get[*simulator.HostSystem](ctx, *location.Host)
	if !ok {
		return nil, missing(*location.Host)
	}
	if !slices.Contains(compute.Host, host.Self) || !fits(ctx, host, wanted) {
		return nil, invalid("spec.location.host")
	}
	return host, nil
}
