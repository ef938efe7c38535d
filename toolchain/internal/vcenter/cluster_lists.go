package vcenter

import (
	"slices"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// updateRules adds, edits and removes rules; a rule keeps its key and its UUID for life.
func (v *VCenter) updateRules(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, config *types.ClusterConfigInfoEx, spec *types.ClusterConfigSpecEx) fault {
	rules := slices.Clone(config.Rule)
	for _, change := range spec.RulesSpec {
		if change.Operation == types.ArrayUpdateOperationRemove {
			key := ruleKey(change.RemoveKey)
			at := slices.IndexFunc(rules, func(r types.BaseClusterRuleInfo) bool { return r.GetClusterRuleInfo().Key == key })
			if at < 0 {
				return invalid("spec.rulesSpec.removeKey")
			}
			rules = slices.Delete(rules, at, at+1)
			continue
		}
		if change.Info == nil {
			return invalid("spec.rulesSpec.info")
		}
		info := change.Info.GetClusterRuleInfo()
		if failure := v.checkRule(ctx, cluster, config, change.Info); failure != nil {
			return failure
		}
		at := slices.IndexFunc(rules, func(r types.BaseClusterRuleInfo) bool { return r.GetClusterRuleInfo().Key == info.Key })
		twin := slices.IndexFunc(rules, func(r types.BaseClusterRuleInfo) bool { return r.GetClusterRuleInfo().Name == info.Name })
		switch change.Operation {
		case types.ArrayUpdateOperationAdd:
			if twin >= 0 {
				return &types.DuplicateName{Name: info.Name, Object: cluster.Self}
			}
			v.ruleKeys++
			info.Key = v.ruleKeys
			info.RuleUuid = uuid.NewString()
			info.UserCreated = types.NewBool(true)
			info.Status = types.ManagedEntityStatusGreen
			if info.Enabled == nil {
				info.Enabled = types.NewBool(false)
			}
			if info.Mandatory == nil {
				info.Mandatory = types.NewBool(false)
			}
			rules = append(rules, change.Info)
		case types.ArrayUpdateOperationEdit:
			if at < 0 {
				return invalid("spec.rulesSpec.info.key")
			}
			if twin >= 0 && twin != at {
				return &types.DuplicateName{Name: info.Name, Object: cluster.Self}
			}
			before := rules[at].GetClusterRuleInfo()
			info.RuleUuid, info.UserCreated, info.Status = before.RuleUuid, before.UserCreated, before.Status
			if info.Name == "" {
				info.Name = before.Name
			}
			if info.Enabled == nil {
				info.Enabled = before.Enabled
			}
			if info.Mandatory == nil {
				info.Mandatory = before.Mandatory
			}
			rules[at] = change.Info
		}
	}
	config.Rule = rules
	return nil
}

// ruleKey reads a key that clients send as an int or as a long.
func ruleKey(key types.AnyType) int32 {
	switch key := key.(type) {
	case int32:
		return key
	case int64:
		return int32(key)
	}
	return 0
}

// checkRule refuses a rule about virtual machines or groups that the cluster does not have.
func (v *VCenter) checkRule(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, config *types.ClusterConfigInfoEx, rule types.BaseClusterRuleInfo) fault {
	var machines []ref
	switch rule := rule.(type) {
	case *types.ClusterAntiAffinityRuleSpec:
		machines = rule.Vm
	case *types.ClusterAffinityRuleSpec:
		machines = rule.Vm
	case *types.ClusterVmHostRuleInfo:
		for _, name := range []string{rule.VmGroupName, rule.AffineHostGroupName, rule.AntiAffineHostGroupName} {
			if name != "" && groupNamed(config, name) == nil {
				return invalid("spec.rulesSpec.info." + name)
			}
		}
		return nil
	default:
		return nil
	}
	if len(machines) < 2 {
		return invalid("spec.rulesSpec.info.vm")
	}
	return checkMachines(ctx, cluster, machines, "spec.rulesSpec.info.vm")
}

func checkMachines(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, machines []ref, property string) fault {
	for _, r := range machines {
		vm, ok := get[*simulator.VirtualMachine](ctx, r)
		if !ok {
			return missing(r)
		}
		if home, ok := clusterOf(ctx, *vm.Runtime.Host); !ok || home.Self != cluster.Self {
			return invalid(property)
		}
	}
	return nil
}

func groupNamed(config *types.ClusterConfigInfoEx, name string) types.BaseClusterGroupInfo {
	for _, group := range config.Group {
		if group.GetClusterGroupInfo().Name == name {
			return group
		}
	}
	return nil
}

// updateGroups adds, edits and removes groups of virtual machines and of hosts, by name.
func (v *VCenter) updateGroups(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, config *types.ClusterConfigInfoEx, spec *types.ClusterConfigSpecEx) fault {
	groups := slices.Clone(config.Group)
	for _, change := range spec.GroupSpec {
		name, _ := change.RemoveKey.(string)
		if change.Info != nil {
			name = change.Info.GetClusterGroupInfo().Name
		}
		at := slices.IndexFunc(groups, func(g types.BaseClusterGroupInfo) bool { return g.GetClusterGroupInfo().Name == name })
		if change.Operation == types.ArrayUpdateOperationAdd {
			if at >= 0 {
				return &types.DuplicateName{Name: name, Object: cluster.Self}
			}
		} else if at < 0 {
			return invalid("spec.groupSpec")
		}
		if group, ok := change.Info.(*types.ClusterVmGroup); ok {
			if failure := checkMachines(ctx, cluster, group.Vm, "spec.groupSpec.info.vm"); failure != nil {
				return failure
			}
		}
		if group, ok := change.Info.(*types.ClusterHostGroup); ok {
			for _, host := range group.Host {
				if !slices.Contains(cluster.Host, host) {
					return invalid("spec.groupSpec.info.host")
				}
			}
		}
		switch change.Operation {
		case types.ArrayUpdateOperationAdd:
			groups = append(groups, change.Info)
		case types.ArrayUpdateOperationEdit:
			groups[at] = change.Info
		case types.ArrayUpdateOperationRemove:
			groups = slices.Delete(groups, at, at+1)
		}
	}
	config.Group = groups
	return nil
}

// updateOverrides adds, edits and removes what single virtual machines and hosts do differently.
func (v *VCenter) updateOverrides(_ *simulator.Context, _ *simulator.ClusterComputeResource, config *types.ClusterConfigInfoEx, spec *types.ClusterConfigSpecEx) fault {
	var failure fault
	keep := func(f fault) {
		if failure == nil {
			failure = f
		}
	}
	for _, s := range spec.DasVmConfigSpec {
		keep(override(&config.DasVmConfig, s.ArrayUpdateSpec, s.Info, func(i types.ClusterDasVmConfigInfo) ref { return i.Key }))
	}
	for _, s := range spec.DrsVmConfigSpec {
		keep(override(&config.DrsVmConfig, s.ArrayUpdateSpec, s.Info, func(i types.ClusterDrsVmConfigInfo) ref { return i.Key }))
	}
	for _, s := range spec.DpmHostConfigSpec {
		keep(override(&config.DpmHostConfig, s.ArrayUpdateSpec, s.Info, func(i types.ClusterDpmHostConfigInfo) ref { return i.Key }))
	}
	for _, s := range spec.VmOrchestrationSpec {
		keep(override(&config.VmOrchestration, s.ArrayUpdateSpec, s.Info, func(i types.ClusterVmOrchestrationInfo) ref { return i.Vm }))
	}
	return failure
}

func override[T any](list *[]T, change types.ArrayUpdateSpec, info *T, key func(T) ref) fault {
	wanted, _ := change.RemoveKey.(ref)
	if info != nil {
		wanted = key(*info)
	}
	items := slices.Clone(*list)
	at := slices.IndexFunc(items, func(item T) bool { return key(item) == wanted })
	switch change.Operation {
	case types.ArrayUpdateOperationAdd:
		if at >= 0 || info == nil {
			return invalid("spec.info")
		}
		items = append(items, *info)
	case types.ArrayUpdateOperationEdit:
		if at < 0 || info == nil {
			return invalid("spec.info.key")
		}
		merge(&items[at], info)
	case types.ArrayUpdateOperationRemove:
		if at < 0 {
			return invalid("spec.removeKey")
		}
		items = slices.Delete(items, at, at+1)
	}
	*list = items
	return nil
}
