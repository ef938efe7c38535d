package vcenter

import (
	"cmp"
	"slices"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// ShutdownHostTask stops a host. Forced, on a host with running machines, it is the loss of the host: nobody moves
// them first, the host no longer answers, and HA starts them elsewhere.
func (m *hostMethods) ShutdownHostTask(ctx *simulator.Context, req *types.ShutdownHost_Task) soap.HasFault {
	host, _ := get[*simulator.HostSystem](ctx, req.This)
	task := m.start(ctx, req.This, "ShutdownHostTask", func() (types.AnyType, fault) {
		if host.Runtime.PowerState != types.HostSystemPowerStatePoweredOn {
			return nil, new(types.InvalidState)
		}
		if !req.Force && !host.Runtime.InMaintenanceMode {
			return nil, new(types.InvalidState)
		}
		m.lose(ctx, host)
		return nil, nil
	})
	return &soapmethods.ShutdownHost_TaskBody{Res: &types.ShutdownHost_TaskResponse{Returnval: task}}
}

// PowerDownHostToStandByTask empties a host and stops it.
func (m *hostMethods) PowerDownHostToStandByTask(ctx *simulator.Context, req *types.PowerDownHostToStandBy_Task) soap.HasFault {
	host, _ := get[*simulator.HostSystem](ctx, req.This)
	task := m.start(ctx, req.This, "PowerDownHostToStandByTask", func() (types.AnyType, fault) {
		if !usable(host) {
			return nil, new(types.InvalidState)
		}
		if failure := m.evacuate(ctx, host, yes(req.EvacuatePoweredOffVms)); failure != nil {
			return nil, failure
		}
		m.setHost(ctx, host,
			types.PropertyChange{Name: "runtime.powerState", Val: types.HostSystemPowerStateStandBy},
			types.PropertyChange{Name: "runtime.connectionState", Val: types.HostSystemConnectionStateNotResponding})
		return nil, nil
	})
	return &soapmethods.PowerDownHostToStandBy_TaskBody{Res: &types.PowerDownHostToStandBy_TaskResponse{Returnval: task}}
}

// PowerUpHostFromStandByTask starts a host again, after stand-by or a loss.
func (m *hostMethods) PowerUpHostFromStandByTask(ctx *simulator.Context, req *types.PowerUpHostFromStandBy_Task) soap.HasFault {
	host, _ := get[*simulator.HostSystem](ctx, req.This)
	task := m.start(ctx, req.This, "PowerUpHostFromStandByTask", func() (types.AnyType, fault) {
		if host.Runtime.PowerState == types.HostSystemPowerStatePoweredOn {
			return nil, new(types.InvalidState)
		}
		m.setHost(ctx, host,
			types.PropertyChange{Name: "runtime.powerState", Val: types.HostSystemPowerStatePoweredOn},
			types.PropertyChange{Name: "runtime.connectionState", Val: types.HostSystemConnectionStateConnected})
		for _, vm := range m.machines(ctx, []ref{host.Self}) {
			m.setMachineConnection(ctx, vm, types.VirtualMachineConnectionStateConnected)
		}
		if cluster, ok := clusterOf(ctx, host.Self); ok {
			m.balance(ctx, cluster)
		}
		return nil, nil
	})
	return &soapmethods.PowerUpHostFromStandBy_TaskBody{Res: &types.PowerUpHostFromStandBy_TaskResponse{Returnval: task}}
}

// lose takes a host away at once; its machines are off, and those HA may restart start elsewhere.
func (v *VCenter) lose(ctx *simulator.Context, host *simulator.HostSystem) {
	v.setHost(ctx, host,
		types.PropertyChange{Name: "runtime.powerState", Val: types.HostSystemPowerStateUnknown},
		types.PropertyChange{Name: "runtime.connectionState", Val: types.HostSystemConnectionStateNotResponding})
	var running []*simulator.VirtualMachine
	for _, vm := range v.machines(ctx, []ref{host.Self}) {
		if vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOff {
			running = append(running, vm)
			off := vm.PowerOffVMTask(ctx, &types.PowerOffVM_Task{This: vm.Self})
			_, _ = v.finish(ctx, off)
		}
		v.setMachineConnection(ctx, vm, types.VirtualMachineConnectionStateDisconnected)
	}
	if cluster, ok := clusterOf(ctx, host.Self); ok {
		v.restart(ctx, cluster, running)
	}
}

func (v *VCenter) setMachineConnection(ctx *simulator.Context, vm *simulator.VirtualMachine, state types.VirtualMachineConnectionState) {
	ctx.Update(vm, []types.PropertyChange{
		{Name: "runtime.connectionState", Val: state},
		{Name: "summary.runtime.connectionState", Val: state},
	})
}

// restart starts the machines of a lost host on the others, by priority. As HA does, it breaks the rules between
// machines rather than leave one down, and DRS mends what it can afterwards.
func (v *VCenter) restart(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, lost []*simulator.VirtualMachine) {
	config := cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
	das := config.DasConfig
	if !yes(das.Enabled) || das.HostMonitoring != string(types.ClusterDasConfigInfoServiceStateEnabled) {
		return
	}
	slices.SortStableFunc(lost, func(a, b *simulator.VirtualMachine) int {
		return cmp.Compare(restartRank(config, a.Self), restartRank(config, b.Self))
	})
	for _, vm := range lost {
		if restartRank(config, vm.Self) == neverRestarted {
			continue
		}
		host := v.place(ctx, cluster.Host, needOf(vm), mustRules)
		if host == nil {
			continue
		}
		v.seat(ctx, vm, host)
		v.setMachineConnection(ctx, vm, types.VirtualMachineConnectionStateConnected)
		_, _ = v.finish(ctx, vm.PowerOnVMTask(ctx, &types.PowerOnVM_Task{This: vm.Self}))
	}
	v.balance(ctx, cluster)
}

const neverRestarted = 9

// restartRank orders virtual machines by their HA restart priority, their own or the cluster's.
func restartRank(config *types.ClusterConfigInfoEx, vm ref) int {
	priority := ""
	if config.DasConfig.DefaultVmSettings != nil {
		priority = config.DasConfig.DefaultVmSettings.RestartPriority
	}
	for _, own := range config.DasVmConfig {
		if own.Key == vm && own.DasSettings != nil && own.DasSettings.RestartPriority != "" &&
			own.DasSettings.RestartPriority != string(types.ClusterDasVmSettingsRestartPriorityClusterRestartPriority) {
			priority = own.DasSettings.RestartPriority
		}
	}
	switch types.ClusterDasVmSettingsRestartPriority(priority) {
	case types.ClusterDasVmSettingsRestartPriorityDisabled:
		return neverRestarted
	case types.ClusterDasVmSettingsRestartPriorityHighest:
		return 1
	case types.ClusterDasVmSettingsRestartPriorityHigh:
		return 2
	case types.ClusterDasVmSettingsRestartPriorityLow:
		return 4
	case types.ClusterDasVmSettingsRestartPriorityLowest:
		return 5
	}
	return 3
}
