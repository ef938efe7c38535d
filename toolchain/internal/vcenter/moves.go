package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// folderKind is the name a folder's childType has for a type of object.
func folderKind(kind string) string {
	switch kind {
	case "ClusterComputeResource":
		return "ComputeResource"
	case switchKind:
		return "DistributedVirtualSwitch"
	case "DistributedVirtualPortgroup":
		return "Network"
	}
	return kind
}

// MoveIntoFolderTask takes objects into a folder of their kind, in the same datacenter.
func (m *folderMethods) MoveIntoFolderTask(ctx *simulator.Context, req *types.MoveIntoFolder_Task) soap.HasFault {
	folder, _ := get[*simulator.Folder](ctx, req.This)
	task := m.start(ctx, req.This, "MoveIntoFolderTask", func() (types.AnyType, fault) {
		for _, r := range req.List {
			if failure := moveIntoFolder(ctx, folder, r); failure != nil {
				return nil, failure
			}
		}
		return nil, nil
	})
	return &soapmethods.MoveIntoFolder_TaskBody{Res: &types.MoveIntoFolder_TaskResponse{Returnval: task}}
}

func moveIntoFolder(ctx *simulator.Context, folder *simulator.Folder, r ref) fault {
	object, ok := ctx.Map.Get(r).(mo.Entity)
	if !ok {
		return missing(r)
	}
	before, ok := parentFolder(ctx, r)
	if !ok || !slices.Contains(folder.ChildType, folderKind(r.Type)) {
		return new(types.NotSupported)
	}
	for above := folder; ; {
		if above.Self == r {
			return &types.InvalidFolder{Target: folder.Self}
		}
		next, ok := parentFolder(ctx, above.Self)
		if !ok {
			break
		}
		above = next
	}
	here, inside := datacenterOf(ctx, r)
	there, _ := datacenterOf(ctx, folder.Self)
	if inside && r.Type != "Datacenter" && (there == nil || here.Self != there.Self) {
		return new(types.NotSupported)
	}
	if before.Self == folder.Self {
		return nil
	}
	if other, taken := named(ctx, entityName(ctx, r), folder.ChildEntity); taken {
		return &types.DuplicateName{Name: entityName(ctx, r), Object: other}
	}
	drop(&before.ChildEntity, r)
	add(&folder.ChildEntity, r)
	ctx.Update(before, []types.PropertyChange{{Name: "childEntity", Val: before.ChildEntity}})
	ctx.Update(folder, []types.PropertyChange{{Name: "childEntity", Val: folder.ChildEntity}})
	object.Entity().Parent = pointer(folder.Self)
	return nil
}

// MoveIntoTask takes hosts into a cluster: from another one in maintenance mode, or from a place of their own.
func (m *clusterMethods) MoveIntoTask(ctx *simulator.Context, req *types.MoveInto_Task) soap.HasFault {
	cluster, _ := get[*simulator.ClusterComputeResource](ctx, req.This)
	task := m.start(ctx, req.This, "MoveIntoTask", func() (types.AnyType, fault) {
		for _, r := range req.Host {
			if failure := m.moveHost(ctx, cluster, r); failure != nil {
				return nil, failure
			}
		}
		return nil, nil
	})
	return &soapmethods.MoveInto_TaskBody{Res: &types.MoveInto_TaskResponse{Returnval: task}}
}

func (v *VCenter) moveHost(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, r ref) fault {
	host, ok := get[*simulator.HostSystem](ctx, r)
	if !ok {
		return missing(r)
	}
	before, _ := computeOf(ctx, r)
	here, _ := datacenterOf(ctx, cluster.Self)
	there, _ := datacenterOf(ctx, r)
	old, clustered := clusterOf(ctx, r)
	switch {
	case before.Self == cluster.Self:
		return &types.DuplicateName{Name: host.Name, Object: r}
	case here.Self != there.Self:
		return new(types.NotSupported)
	case clustered && !host.Runtime.InMaintenanceMode:
		return new(types.InvalidState)
	}
	drop(&before.Host, r)
	unlist(ctx, before, r)
	add(&cluster.Host, r)
	host.Parent = pointer(cluster.Self)
	for _, vm := range all[*simulator.VirtualMachine](ctx, host.Vm) {
		if vm.ResourcePool != nil {
			v.enlist(ctx, vm, *cluster.ResourcePool)
		}
	}
	if clustered {
		v.forgetHost(ctx, old, r)
		v.summarize(ctx, before)
	} else if failure := v.dropCompute(ctx, before); failure != nil {
		return failure
	}
	ctx.Update(cluster, []types.PropertyChange{{Name: "host", Val: cluster.Host}})
	v.summarize(ctx, &cluster.ComputeResource)
	return nil
}
