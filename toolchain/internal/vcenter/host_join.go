package vcenter

import (
	"crypto/subtle"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"metropole/toolchain/internal/world"
)

const hostUser = "root"

// AddHostTask joins a host of the world to a cluster.
func (m *clusterMethods) AddHostTask(ctx *simulator.Context, req *types.AddHost_Task) soap.HasFault {
	cluster, _ := get[*simulator.ClusterComputeResource](ctx, req.This)
	task := m.start(ctx, req.This, "AddHostTask", func() (types.AnyType, fault) {
		w, failure := m.admit(ctx, &req.Spec)
		if failure != nil {
			return nil, failure
		}
		answer := cluster.AddHostTask(ctx, &types.AddHost_Task{
			This: req.This, Spec: connectSpec(&req.Spec), AsConnected: true, ResourcePool: req.ResourcePool,
		})
		return m.settle(ctx, answer, w, req.AsConnected)
	})
	return &soapmethods.AddHost_TaskBody{Res: &types.AddHost_TaskResponse{Returnval: task}}
}

// AddStandaloneHostTask joins a host of the world to a host folder.
func (m *folderMethods) AddStandaloneHostTask(ctx *simulator.Context, req *types.AddStandaloneHost_Task) soap.HasFault {
	folder, _ := get[*simulator.Folder](ctx, req.This)
	task := m.start(ctx, req.This, "AddStandaloneHostTask", func() (types.AnyType, fault) {
		w, failure := m.admit(ctx, &req.Spec)
		if failure != nil {
			return nil, failure
		}
		answer := folder.AddStandaloneHostTask(ctx, &types.AddStandaloneHost_Task{
			This: req.This, Spec: connectSpec(&req.Spec), AddConnected: true,
		})
		joined, failure := m.settle(ctx, answer, w, req.AddConnected)
		if failure != nil {
			return nil, failure
		}
		host, _ := get[*simulator.HostSystem](ctx, joined.(ref))
		return *host.Parent, nil
	})
	return &soapmethods.AddStandaloneHost_TaskBody{Res: &types.AddStandaloneHost_TaskResponse{Returnval: task}}
}

// admit checks a join as the host itself and vCenter would: it exists, the password is right, it is not joined yet.
func (v *VCenter) admit(ctx *simulator.Context, spec *types.HostConnectSpec) (*world.Host, fault) {
	if spec.HostName == "" {
		return nil, invalid("spec.hostName")
	}
	w := v.world.Host(spec.HostName)
	if w == nil {
		v.world.Deliver()
		w = v.world.Host(spec.HostName)
	}
	if w == nil {
		return nil, new(types.NoHost)
	}
	password := subtle.ConstantTimeCompare([]byte(spec.Password), []byte(v.account.HostPassword)) == 1
	if spec.UserName != hostUser || !password {
		return nil, new(types.InvalidLogin)
	}
	for _, entity := range ctx.Map.All("HostSystem") {
		if entity.Entity().Name == w.Name {
			return nil, &types.AlreadyConnected{
				HostConnectFault: types.HostConnectFault{}, Name: w.Name,
			}
		}
	}
	return w, nil
}

// connectSpec keeps only the name: given a user name that is also a host's, the simulator would copy that host.
func connectSpec(spec *types.HostConnectSpec) types.HostConnectSpec {
	return types.HostConnectSpec{HostName: spec.HostName}
}

// settle turns the host that the simulator has just added into the one of the world.
func (v *VCenter) settle(ctx *simulator.Context, answer soap.HasFault, w *world.Host, connected bool) (types.AnyType, fault) {
	result, failure := v.finish(ctx, answer)
	if failure != nil {
		return nil, failure
	}
	host, _ := get[*simulator.HostSystem](ctx, result.(ref))
	host.Runtime.ConnectionState = types.HostSystemConnectionStateDisconnected
	if connected {
		host.Runtime.ConnectionState = types.HostSystemConnectionStateConnected
	}
	equip(ctx, host, w)
	host.Vm = nil
	host.Datastore = nil
	host.Network = nil
	if datacenter, ok := datacenterOf(ctx, host.Self); ok {
		host.Network = append(host.Network, standardNetworks(ctx, datacenter)...)
	}
	for _, name := range w.Datastores {
		if failure := v.mount(ctx, host, v.world.Datastore(name)); failure != nil {
			return nil, failure
		}
	}
	if compute, ok := computeOf(ctx, host.Self); ok {
		v.summarize(ctx, compute)
	}
	for _, name := range w.Templates {
		if failure := v.bring(ctx, host, v.world.Template(name)); failure != nil {
			return nil, failure
		}
	}
	return host.Self, nil
}

// standardNetworks are the networks of a datacenter that are not distributed port groups.
func standardNetworks(ctx *simulator.Context, datacenter *simulator.Datacenter) []ref {
	var list []ref
	for _, r := range datacenter.Network {
		if _, ok := get[*mo.Network](ctx, r); ok {
			list = append(list, r)
		}
	}
	return list
}

// summarize recomputes what a compute resource offers from the hosts it has.
func (v *VCenter) summarize(ctx *simulator.Context, compute *mo.ComputeResource) {
	total := types.ComputeResourceSummary{OverallStatus: types.ManagedEntityStatusGreen}
	var datastores, networks []ref
	for _, host := range all[*simulator.HostSystem](ctx, compute.Host) {
		hardware := host.Summary.Hardware
		cpu := hardware.CpuMhz * int32(hardware.NumCpuCores)
		total.NumHosts++
		total.TotalCpu += cpu
		total.TotalMemory += hardware.MemorySize
		total.NumCpuCores += hardware.NumCpuCores
		total.NumCpuThreads += hardware.NumCpuThreads
		if usable(host) {
			total.NumEffectiveHosts++
			total.EffectiveCpu += cpu
			total.EffectiveMemory += hardware.MemorySize >> 20
		}
		for _, r := range host.Datastore {
			add(&datastores, r)
		}
		for _, r := range host.Network {
			add(&networks, r)
		}
	}
	*compute.Summary.GetComputeResourceSummary() = total
	if datacenter, ok := datacenterOf(ctx, compute.Self); ok && len(networks) == 0 {
		networks = standardNetworks(ctx, datacenter)
	}
	compute.Datastore, compute.Network = datastores, networks
	ctx.Update(ctx.Map.Get(compute.Self), []types.PropertyChange{
		{Name: "datastore", Val: datastores},
		{Name: "network", Val: networks},
	})
}

// usable tells whether virtual machines can run on a host.
func usable(host *simulator.HostSystem) bool {
	return host.Runtime.ConnectionState == types.HostSystemConnectionStateConnected &&
		host.Runtime.PowerState == types.HostSystemPowerStatePoweredOn && !host.Runtime.InMaintenanceMode
}
