package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// folderMethods are those of Folder.
type folderMethods struct{ *methods }

// datacenterMethods are those of Datacenter.
type datacenterMethods struct{ *methods }

// CreateDatacenter makes a datacenter; its name may not repeat in the folder.
func (m *folderMethods) CreateDatacenter(ctx *simulator.Context, req *types.CreateDatacenter) soap.HasFault {
	folder, _ := get[*simulator.Folder](ctx, req.This)
	if other, taken := named(ctx, req.Name, folder.ChildEntity); taken {
		return &soapmethods.CreateDatacenterBody{
			Fault_: simulator.Fault("", &types.DuplicateName{Name: req.Name, Object: other}),
		}
	}
	return folder.CreateDatacenter(ctx, req)
}

// DestroyTask deletes a folder and what is in it.
func (m *folderMethods) DestroyTask(ctx *simulator.Context, req *types.Destroy_Task) soap.HasFault {
	folder, _ := get[*simulator.Folder](ctx, req.This)
	task := m.start(ctx, req.This, "DestroyTask", func() (types.AnyType, fault) {
		if _, ok := parentFolder(ctx, folder.Self); !ok {
			return nil, new(types.NotSupported) // the root, or one of a datacenter's own four
		}
		return nil, m.dropFolder(ctx, folder)
	})
	return &soapmethods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

// DestroyTask deletes a datacenter that has no host and no virtual machine any more.
func (m *datacenterMethods) DestroyTask(ctx *simulator.Context, req *types.Destroy_Task) soap.HasFault {
	datacenter, _ := get[*simulator.Datacenter](ctx, req.This)
	task := m.start(ctx, req.This, "DestroyTask", func() (types.AnyType, fault) {
		return nil, m.dropDatacenter(ctx, datacenter)
	})
	return &soapmethods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

func (v *VCenter) dropDatacenter(ctx *simulator.Context, datacenter *simulator.Datacenter) fault {
	for _, r := range []ref{datacenter.VmFolder, datacenter.HostFolder} {
		if folder, ok := get[*simulator.Folder](ctx, r); ok && len(folder.ChildEntity) > 0 {
			return &types.ResourceInUse{Type: datacenter.Self.Type, Name: datacenter.Name}
		}
	}
	for _, r := range []ref{datacenter.NetworkFolder, datacenter.DatastoreFolder, datacenter.VmFolder, datacenter.HostFolder} {
		if folder, ok := get[*simulator.Folder](ctx, r); ok {
			if failure := v.dropFolder(ctx, folder); failure != nil {
				return failure
			}
		}
	}
	dropChild(ctx, datacenter.Self)
	return nil
}

// dropFolder removes a folder after all that is in it.
func (v *VCenter) dropFolder(ctx *simulator.Context, folder *simulator.Folder) fault {
	for _, child := range slices.Clone(folder.ChildEntity) {
		var failure fault
		switch object := ctx.Map.Get(child).(type) {
		case *simulator.Folder:
			failure = v.dropFolder(ctx, object)
		case *simulator.Datacenter:
			failure = v.dropDatacenter(ctx, object)
		case *simulator.VirtualMachine:
			failure = v.destroyMachine(ctx, object)
		case *simulator.ClusterComputeResource:
			failure = v.dropCluster(ctx, object)
		case *mo.ComputeResource:
			failure = v.dropCompute(ctx, object)
		case *simulator.DistributedVirtualSwitch:
			for _, group := range all[*simulator.DistributedVirtualPortgroup](ctx, object.Portgroup) {
				if len(group.Vm) > 0 {
					return &types.ResourceInUse{Type: group.Self.Type, Name: group.Name}
				}
			}
			v.dropSwitch(ctx, object)
		case *simulator.DistributedVirtualPortgroup:
			// Goes with its switch, which may be further down the list.
		case *mo.Network:
			if datacenter, ok := datacenterOf(ctx, child); ok {
				drop(&datacenter.Network, child)
			}
			dropChild(ctx, child)
		default:
			failure = new(types.ResourceInUse)
		}
		if failure != nil {
			return failure
		}
	}
	dropChild(ctx, folder.Self)
	return nil
}

// datastoreMethods are those of Datastore.
type datastoreMethods struct{ *methods }

// RefreshDatastore keeps the capacity of the world, which the simulator would make up.
func (m *datastoreMethods) RefreshDatastore(*simulator.Context, *types.RefreshDatastore) soap.HasFault {
	return &soapmethods.RefreshDatastoreBody{Res: new(types.RefreshDatastoreResponse)}
}

// DestroyTask is not for a volume that exists before vCenter does.
func (m *datastoreMethods) DestroyTask(ctx *simulator.Context, req *types.Destroy_Task) soap.HasFault {
	task := m.start(ctx, req.This, "DestroyTask", func() (types.AnyType, fault) {
		return nil, new(types.NotSupported)
	})
	return &soapmethods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}
