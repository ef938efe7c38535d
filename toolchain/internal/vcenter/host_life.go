package vcenter

import (
	"crypto/subtle"
	"slices"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// hostMethods are those of HostSystem.
type hostMethods struct{ *methods }

// setHost publishes the state of a host and what its cluster can still offer.
func (v *VCenter) setHost(ctx *simulator.Context, host *simulator.HostSystem, changes ...types.PropertyChange) {
	ctx.Update(host, changes)
	if compute, ok := computeOf(ctx, host.Self); ok {
		v.summarize(ctx, compute)
	}
}

func (v *VCenter) setConnection(ctx *simulator.Context, host *simulator.HostSystem, state types.HostSystemConnectionState) {
	v.setHost(ctx, host, types.PropertyChange{Name: "runtime.connectionState", Val: state})
}

// DisconnectHostTask stops managing a host; its virtual machines run on.
func (m *hostMethods) DisconnectHostTask(ctx *simulator.Context, req *types.DisconnectHost_Task) soap.HasFault {
	host, _ := get[*simulator.HostSystem](ctx, req.This)
	task := m.start(ctx, req.This, "DisconnectHostTask", func() (types.AnyType, fault) {
		m.setConnection(ctx, host, types.HostSystemConnectionStateDisconnected)
		return nil, nil
	})
	return &soapmethods.DisconnectHost_TaskBody{Res: &types.DisconnectHost_TaskResponse{Returnval: task}}
}

// ReconnectHostTask manages a host again; a host that is down does not answer.
func (m *hostMethods) ReconnectHostTask(ctx *simulator.Context, req *types.ReconnectHost_Task) soap.HasFault {
	host, _ := get[*simulator.HostSystem](ctx, req.This)
	task := m.start(ctx, req.This, "ReconnectHostTask", func() (types.AnyType, fault) {
		if host.Runtime.PowerState != types.HostSystemPowerStatePoweredOn {
			return nil, new(types.NoHost)
		}
		if spec := req.CnxSpec; spec != nil && spec.Password != "" {
			good := subtle.ConstantTimeCompare([]byte(spec.Password), []byte(m.account.HostPassword)) == 1
			if !good || spec.UserName != hostUser {
				return nil, new(types.InvalidLogin)
			}
		}
		m.setConnection(ctx, host, types.HostSystemConnectionStateConnected)
		return nil, nil
	})
	return &soapmethods.ReconnectHost_TaskBody{Res: &types.ReconnectHost_TaskResponse{Returnval: task}}
}

// EnterMaintenanceModeTask empties a host first: running machines move as DRS moves them, or the task fails.
func (m *hostMethods) EnterMaintenanceModeTask(ctx *simulator.Context, req *types.EnterMaintenanceMode_Task) soap.HasFault {
	host, _ := get[*simulator.HostSystem](ctx, req.This)
	task := m.start(ctx, req.This, "EnterMaintenanceModeTask", func() (types.AnyType, fault) {
		if host.Runtime.InMaintenanceMode {
			return nil, new(types.InvalidState)
		}
		m.setHost(ctx, host, types.PropertyChange{Name: "runtime.inMaintenanceMode", Val: true})
		if failure := m.evacuate(ctx, host, yes(req.EvacuatePoweredOffVms)); failure != nil {
			m.setHost(ctx, host, types.PropertyChange{Name: "runtime.inMaintenanceMode", Val: false})
			return nil, failure
		}
		return nil, nil
	})
	return &soapmethods.EnterMaintenanceMode_TaskBody{Res: &types.EnterMaintenanceMode_TaskResponse{Returnval: task}}
}

func (v *VCenter) evacuate(ctx *simulator.Context, host *simulator.HostSystem, poweredOff bool) fault {
	cluster, clustered := clusterOf(ctx, host.Self)
	var others []ref
	if clustered && drs(cluster) {
		others = slices.DeleteFunc(slices.Clone(cluster.Host), func(r ref) bool { return r == host.Self })
	}
	for _, vm := range v.machines(ctx, []ref{host.Self}) {
		running := vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn
		if vm.Config.Template || !running && !poweredOff {
			continue
		}
		if better := v.place(ctx, others, needOf(vm), hardRules); better != nil {
			v.seat(ctx, vm, better)
		} else if running {
			return &types.NoCompatibleHost{}
		}
	}
	return nil
}

// ExitMaintenanceModeTask lets virtual machines run on a host again.
func (m *hostMethods) ExitMaintenanceModeTask(ctx *simulator.Context, req *types.ExitMaintenanceMode_Task) soap.HasFault {
	host, _ := get[*simulator.HostSystem](ctx, req.This)
	task := m.start(ctx, req.This, "ExitMaintenanceModeTask", func() (types.AnyType, fault) {
		if !host.Runtime.InMaintenanceMode {
			return nil, new(types.InvalidState)
		}
		m.setHost(ctx, host, types.PropertyChange{Name: "runtime.inMaintenanceMode", Val: false})
		if cluster, ok := clusterOf(ctx, host.Self); ok {
			m.balance(ctx, cluster)
		}
		return nil, nil
	})
	return &soapmethods.ExitMaintenanceMode_TaskBody{Res: &types.ExitMaintenanceMode_TaskResponse{Returnval: task}}
}

// DestroyTask removes a host from the inventory: one in a cluster must be in maintenance mode or disconnected.
func (m *hostMethods) DestroyTask(ctx *simulator.Context, req *types.Destroy_Task) soap.HasFault {
	host, _ := get[*simulator.HostSystem](ctx, req.This)
	task := m.start(ctx, req.This, "DestroyTask", func() (types.AnyType, fault) {
		_, clustered := clusterOf(ctx, host.Self)
		connected := host.Runtime.ConnectionState == types.HostSystemConnectionStateConnected
		if clustered && connected && !host.Runtime.InMaintenanceMode {
			return nil, new(types.InvalidState)
		}
		if !clustered {
			if compute, ok := computeOf(ctx, host.Self); ok {
				return nil, m.dropCompute(ctx, compute)
			}
		}
		return nil, m.dropHost(ctx, host)
	})
	return &soapmethods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

// dropHost takes a host out of the inventory with all that only it had.
func (v *VCenter) dropHost(ctx *simulator.Context, host *simulator.HostSystem) fault {
	if failure := v.rehome(ctx, host); failure != nil {
		return failure
	}
	for _, vm := range v.machines(ctx, []ref{host.Self}) {
		if failure := v.forget(ctx, vm); failure != nil {
			return failure
		}
	}
	for _, entity := range ctx.Map.All(switchKind) {
		dvs := entity.(*simulator.DistributedVirtualSwitch)
		members := slices.DeleteFunc(slices.Clone(configOf(dvs).Host), func(m types.DistributedVirtualSwitchHostMember) bool {
			return *m.Config.Host == host.Self
		})
		if len(members) < len(configOf(dvs).Host) {
			next := *configOf(dvs)
			v.publishSwitch(ctx, dvs, &next, members)
		}
	}
	v.unmount(ctx, host)
	compute, _ := computeOf(ctx, host.Self)
	drop(&compute.Host, host.Self)
	ctx.Update(ctx.Map.Get(compute.Self), []types.PropertyChange{{Name: "host", Val: compute.Host}})
	unlist(ctx, compute, host.Self)
	if cluster, ok := clusterOf(ctx, host.Self); ok {
		v.forgetHost(ctx, cluster, host.Self)
	}
	for _, manager := range []*ref{
		host.ConfigManager.DatastoreSystem, host.ConfigManager.NetworkSystem, host.ConfigManager.VirtualNicManager,
		host.ConfigManager.AdvancedOption, host.ConfigManager.FirewallSystem, host.ConfigManager.StorageSystem,
		host.ConfigManager.CertificateManager, host.ConfigManager.HostAccessManager,
	} {
		if manager != nil {
			ctx.Map.Remove(ctx, *manager)
		}
	}
	ctx.Map.Remove(ctx, host.Self)
	v.summarize(ctx, compute)
	return nil
}

// unlist takes a host out of what its cluster can be asked about hardware: the simulator looks each one up again when
// the next host joins.
func unlist(ctx *simulator.Context, compute *mo.ComputeResource, host ref) {
	if compute.EnvironmentBrowser == nil {
		return
	}
	if browser, ok := get[*simulator.EnvironmentBrowser](ctx, *compute.EnvironmentBrowser); ok {
		options := browser.QueryConfigOptionDescriptorResponse.Returnval
		for i := range options {
			drop(&options[i].Host, host)
		}
	}
}

// forgetHost takes a host that is gone out of its cluster's groups and overrides.
func (v *VCenter) forgetHost(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, host ref) {
	next := *cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
	next.Group = slices.Clone(next.Group)
	for i, group := range next.Group {
		if group, ok := group.(*types.ClusterHostGroup); ok {
			copied := *group
			drop(&copied.Host, host)
			next.Group[i] = &copied
		}
	}
	next.DpmHostConfig = slices.DeleteFunc(slices.Clone(next.DpmHostConfig), func(i types.ClusterDpmHostConfigInfo) bool {
		return i.Key == host
	})
	publishCluster(ctx, cluster, &next)
}
