package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// seating says on which host each virtual machine is, or would be.
type seating func(vm ref) (host ref, ok bool)

// seated is where the virtual machines are registered now, running or not: what is spread at birth stays spread.
func seated(ctx *simulator.Context) seating {
	return func(r ref) (ref, bool) {
		vm, ok := get[*simulator.VirtualMachine](ctx, r)
		if !ok || vm.Runtime.Host == nil {
			return ref{}, false
		}
		return *vm.Runtime.Host, true
	}
}

// strictness says which rules a placement may break.
type strictness int

const (
	allRules  strictness = iota // none
	hardRules                   // the preferences of virtual machines for hosts; the rest vCenter itself refuses to break
	mustRules                   // all but mandatory ones, as HA does rather than leave a machine down
)

// applies tells whether a rule counts at a strictness.
func applies(rule types.BaseClusterRuleInfo, s strictness) bool {
	info := rule.GetClusterRuleInfo()
	if !yes(info.Enabled) {
		return false
	}
	_, hostRule := rule.(*types.ClusterVmHostRuleInfo)
	switch s {
	case hardRules:
		return !hostRule || yes(info.Mandatory)
	case mustRules:
		return hostRule && yes(info.Mandatory)
	default:
		return true
	}
}

// broken is the first rule that a virtual machine on a host would break with the others where they are, or nil.
func broken(config *types.ClusterConfigInfoEx, vm, host ref, others seating, s strictness) types.BaseClusterRuleInfo {
	for _, rule := range config.Rule {
		if applies(rule, s) && breaksRule(config, rule, vm, host, others) {
			return rule
		}
	}
	return nil
}

func breaksRule(config *types.ClusterConfigInfoEx, rule types.BaseClusterRuleInfo, vm, host ref, others seating) bool {
	switch rule := rule.(type) {
	case *types.ClusterAntiAffinityRuleSpec:
		return slices.Contains(rule.Vm, vm) && slices.ContainsFunc(rule.Vm, func(other ref) bool {
			at, ok := others(other)
			return other != vm && ok && at == host
		})
	case *types.ClusterAffinityRuleSpec:
		return slices.Contains(rule.Vm, vm) && slices.ContainsFunc(rule.Vm, func(other ref) bool {
			at, ok := others(other)
			return other != vm && ok && at != host
		})
	case *types.ClusterVmHostRuleInfo:
		group, ok := groupNamed(config, rule.VmGroupName).(*types.ClusterVmGroup)
		if !ok || !slices.Contains(group.Vm, vm) {
			return false
		}
		if near, ok := groupNamed(config, rule.AffineHostGroupName).(*types.ClusterHostGroup); ok {
			return !slices.Contains(near.Host, host)
		}
		if far, ok := groupNamed(config, rule.AntiAffineHostGroupName).(*types.ClusterHostGroup); ok {
			return slices.Contains(far.Host, host)
		}
	}
	return false
}

// forgetMachine takes a virtual machine that is gone out of its cluster's rules, groups and overrides.
func (v *VCenter) forgetMachine(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, vm ref) {
	next := *cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
	next.Rule = slices.Clone(next.Rule)
	for i, rule := range next.Rule {
		switch rule := rule.(type) {
		case *types.ClusterAntiAffinityRuleSpec:
			copied := *rule
			drop(&copied.Vm, vm)
			next.Rule[i] = &copied
		case *types.ClusterAffinityRuleSpec:
			copied := *rule
			drop(&copied.Vm, vm)
			next.Rule[i] = &copied
		}
	}
	next.Group = slices.Clone(next.Group)
	for i, group := range next.Group {
		if group, ok := group.(*types.ClusterVmGroup); ok {
			copied := *group
			drop(&copied.Vm, vm)
			next.Group[i] = &copied
		}
	}
	next.DasVmConfig = slices.DeleteFunc(slices.Clone(next.DasVmConfig), func(i types.ClusterDasVmConfigInfo) bool {
		return i.Key == vm
	})
	next.DrsVmConfig = slices.DeleteFunc(slices.Clone(next.DrsVmConfig), func(i types.ClusterDrsVmConfigInfo) bool {
		return i.Key == vm
	})
	next.VmOrchestration = slices.DeleteFunc(slices.Clone(next.VmOrchestration), func(i types.ClusterVmOrchestrationInfo) bool {
		return i.Vm == vm
	})
	publishCluster(ctx, cluster, &next)
}
