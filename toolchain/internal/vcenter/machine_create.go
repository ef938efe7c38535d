package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// CreateVMTask makes a virtual machine from nothing, on the host asked for or the one DRS chooses.
func (m *folderMethods) CreateVMTask(ctx *simulator.Context, req *types.CreateVM_Task) soap.HasFault {
	folder, _ := get[*simulator.Folder](ctx, req.This)
	task := m.start(ctx, req.This, "CreateVMTask", func() (types.AnyType, fault) {
		vm, failure := m.createMachine(ctx, folder, req)
		if failure != nil {
			return nil, failure
		}
		return vm.Self, nil
	})
	return &soapmethods.CreateVM_TaskBody{Res: &types.CreateVM_TaskResponse{Returnval: task}}
}

// RegisterVMTask would need files that outlive the simulator.
func (m *folderMethods) RegisterVMTask(ctx *simulator.Context, req *types.RegisterVM_Task) soap.HasFault {
	task := m.start(ctx, req.This, "RegisterVMTask", func() (types.AnyType, fault) { return nil, new(types.NotSupported) })
	return &soapmethods.RegisterVM_TaskBody{Res: &types.RegisterVM_TaskResponse{Returnval: task}}
}

func (m *folderMethods) createMachine(ctx *simulator.Context, folder *simulator.Folder, req *types.CreateVM_Task) (*simulator.VirtualMachine, fault) {
	config := req.Config
	if !slices.Contains(folder.ChildType, "VirtualMachine") {
		return nil, new(types.NotSupported)
	}
	if config.Name == "" || config.Files == nil {
		return nil, &types.InvalidVmConfig{Property: "configSpec"}
	}
	if other, taken := named(ctx, config.Name, folder.ChildEntity); taken {
		return nil, &types.DuplicateName{Name: config.Name, Object: other}
	}
	if _, ok := get[*simulator.ResourcePool](ctx, req.Pool); !ok {
		return nil, missing(req.Pool)
	}
	var path object.DatastorePath
	datacenter, _ := datacenterOf(ctx, folder.Self)
	if !path.FromString(config.Files.VmPathName) {
		return nil, &types.InvalidDatastorePath{DatastorePath: config.Files.VmPathName}
	}
	store, ok := named(ctx, path.Datastore, datacenter.Datastore)
	if !ok {
		return nil, &types.InvalidDatastorePath{DatastorePath: config.Files.VmPathName}
	}
	compute, _ := computeOf(ctx, req.Pool)
	candidates := compute.Host
	if req.Host != nil {
		candidates = slices.DeleteFunc(slices.Clone(candidates), func(r ref) bool { return r != *req.Host })
	}
	host := m.place(ctx, candidates, need{stores: []ref{store}}, hardRules)
	if host == nil {
		return nil, &types.NoCompatibleHost{}
	}
	result, failure := m.finish(ctx, folder.CreateVMTask(ctx, &types.CreateVM_Task{
		This: folder.Self, Pool: req.Pool, Host: &host.Self,
		Config: types.VirtualMachineConfigSpec{
			Name: config.Name, GuestId: config.GuestId, Version: config.Version, Files: config.Files, Firmware: config.Firmware,
		},
	}))
	if failure != nil {
		return nil, failure
	}
	vm, _ := get[*simulator.VirtualMachine](ctx, result.(ref))
	config.Files = nil
	whole := &types.CloneVM_Task{Spec: types.VirtualMachineCloneSpec{Config: &config}}
	machine := &machineMethods{m.methods}
	if failure := machine.finishClone(ctx, vm, whole, config.DeviceChange); failure != nil {
		return nil, failure
	}
	return vm, nil
}
