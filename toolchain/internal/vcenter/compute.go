package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// computeMethods are those of ComputeResource, the home of a standalone host.
type computeMethods struct{ *methods }

// ReconfigureComputeResourceTask changes where a standalone host swaps.
func (m *computeMethods) ReconfigureComputeResourceTask(ctx *simulator.Context, req *types.ReconfigureComputeResource_Task) soap.HasFault {
	compute, _ := get[*mo.ComputeResource](ctx, req.This)
	task := m.start(ctx, req.This, "ReconfigureComputeResourceTask", func() (types.AnyType, fault) {
		next := *compute.ConfigurationEx.(*types.ComputeResourceConfigInfo)
		merge(&next, req.Spec.GetComputeResourceConfigSpec())
		ctx.Update(compute, []types.PropertyChange{{Name: "configurationEx", Val: &next}})
		return nil, nil
	})
	return &soapmethods.ReconfigureComputeResource_TaskBody{
		Res: &types.ReconfigureComputeResource_TaskResponse{Returnval: task},
	}
}

// DestroyTask removes a standalone host.
func (m *computeMethods) DestroyTask(ctx *simulator.Context, req *types.Destroy_Task) soap.HasFault {
	compute, _ := get[*mo.ComputeResource](ctx, req.This)
	task := m.start(ctx, req.This, "DestroyTask", func() (types.AnyType, fault) {
		return nil, m.dropCompute(ctx, compute)
	})
	return &soapmethods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

// DestroyTask removes a cluster with its hosts, resource pools and virtual machines; none of them may be running.
func (m *clusterMethods) DestroyTask(ctx *simulator.Context, req *types.Destroy_Task) soap.HasFault {
	cluster, _ := get[*simulator.ClusterComputeResource](ctx, req.This)
	task := m.start(ctx, req.This, "DestroyTask", func() (types.AnyType, fault) {
		return nil, m.dropCluster(ctx, cluster)
	})
	return &soapmethods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

func (v *VCenter) dropCluster(ctx *simulator.Context, cluster *simulator.ClusterComputeResource) fault {
	return v.dropCompute(ctx, &cluster.ComputeResource)
}

func (v *VCenter) dropCompute(ctx *simulator.Context, compute *mo.ComputeResource) fault {
	for _, vm := range v.machines(ctx, compute.Host) {
		if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
			return &types.ResourceInUse{Type: vm.Self.Type, Name: vm.Name}
		}
	}
	for _, host := range all[*simulator.HostSystem](ctx, slices.Clone(compute.Host)) {
		if failure := v.dropHost(ctx, host); failure != nil {
			return failure
		}
	}
	if compute.ResourcePool != nil {
		v.dropPools(ctx, *compute.ResourcePool)
	}
	if compute.EnvironmentBrowser != nil {
		ctx.Map.Remove(ctx, *compute.EnvironmentBrowser)
	}
	dropChild(ctx, compute.Self)
	return nil
}

// dropPools removes a resource pool and those below it.
func (v *VCenter) dropPools(ctx *simulator.Context, r ref) {
	if pool, ok := get[*simulator.ResourcePool](ctx, r); ok {
		for _, child := range pool.ResourcePool.ResourcePool {
			v.dropPools(ctx, child)
		}
	}
	ctx.Map.Remove(ctx, r)
}
