package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func (l *lab) configureCluster(spec types.ClusterConfigSpecEx) {
	l.Helper()
	l.result(l.cluster.Reconfigure(l.ctx, &spec, true))
}

func (l *lab) clusterConfig() *types.ClusterConfigInfoEx {
	l.Helper()
	cluster := read[mo.ClusterComputeResource](l, l.cluster.Reference(), "configurationEx")
	return cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
}

func (l *lab) rule(name string, machines ...*object.VirtualMachine) int32 {
	l.Helper()
	l.configureCluster(types.ClusterConfigSpecEx{RulesSpec: []types.ClusterRuleSpec{{
		ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationAdd},
		Info:            antiAffinity(name, 0, machines...),
	}}})
	rules := l.clusterConfig().Rule
	return rules[len(rules)-1].GetClusterRuleInfo().Key
}

func antiAffinity(name string, key int32, machines ...*object.VirtualMachine) *types.ClusterAntiAffinityRuleSpec {
	rule := &types.ClusterAntiAffinityRuleSpec{ClusterRuleInfo: types.ClusterRuleInfo{
		Name: name, Key: key, Enabled: types.NewBool(true),
	}}
	for _, vm := range machines {
		rule.Vm = append(rule.Vm, vm.Reference())
	}
	return rule
}

func TestClusterKeepsHighAvailability(t *testing.T) {
	l := furnished(t, 1)
	l.configureCluster(types.ClusterConfigSpecEx{DasConfig: &types.ClusterDasConfigInfo{
		VmMonitoring:            "vmMonitoringOnly",
		HostMonitoring:          "disabled",
		VmComponentProtecting:   "enabled",
		AdmissionControlEnabled: types.NewBool(false),
		AdmissionControlPolicy: &types.ClusterFailoverResourcesAdmissionControlPolicy{
			CpuFailoverResourcesPercent: 33, MemoryFailoverResourcesPercent: 34,
		},
		DefaultVmSettings: &types.ClusterDasVmSettings{
			RestartPriority: "high", IsolationResponse: "shutdown",
			VmToolsMonitoringSettings: &types.ClusterVmToolsMonitoringSettings{FailureInterval: 50},
		},
		Option:             []types.BaseOptionValue{&types.OptionValue{Key: "das.isolationaddress0", Value: "10.0.0.1"}},
		HeartbeatDatastore: []types.ManagedObjectReference{l.store()},
	}})
	das := l.clusterConfig().DasConfig
	same(l, "enabled", *das.Enabled, true)
	same(l, "vm monitoring", das.VmMonitoring, "vmMonitoringOnly")
	same(l, "host monitoring", das.HostMonitoring, "disabled")
	same(l, "component protection", das.VmComponentProtecting, "enabled")
	same(l, "admission control", *das.AdmissionControlEnabled, false)
	policy := das.AdmissionControlPolicy.(*types.ClusterFailoverResourcesAdmissionControlPolicy)
	same(l, "cpu", policy.CpuFailoverResourcesPercent, 33)
	same(l, "memory", policy.MemoryFailoverResourcesPercent, 34)
	same(l, "priority", das.DefaultVmSettings.RestartPriority, "high")
	same(l, "isolation", das.DefaultVmSettings.IsolationResponse, "shutdown")
	same(l, "interval", das.DefaultVmSettings.VmToolsMonitoringSettings.FailureInterval, 50)
	same(l, "failures, not mentioned", das.DefaultVmSettings.VmToolsMonitoringSettings.MaxFailures, 3)
	same(l, "options", len(das.Option), 1)
	same(l, "heartbeat", len(das.HeartbeatDatastore), 1)

	l.configureCluster(types.ClusterConfigSpecEx{DasConfig: &types.ClusterDasConfigInfo{
		AdmissionControlPolicy: &types.ClusterFailoverLevelAdmissionControlPolicy{FailoverLevel: 2},
		Option:                 []types.BaseOptionValue{&types.OptionValue{Key: "das.isolationaddress0", Value: ""}},
	}})
	das = l.clusterConfig().DasConfig
	same(l, "level", das.AdmissionControlPolicy.(*types.ClusterFailoverLevelAdmissionControlPolicy).FailoverLevel, 2)
	same(l, "options", len(das.Option), 0)
	same(l, "host monitoring, not mentioned", das.HostMonitoring, "disabled")
}

func TestClusterKeepsTheRest(t *testing.T) {
	l := furnished(t, 1)
	l.configureCluster(types.ClusterConfigSpecEx{
		ComputeResourceConfigSpec: types.ComputeResourceConfigSpec{VmSwapPlacement: "hostLocal"},
		DrsConfig: &types.ClusterDrsConfigInfo{
			DefaultVmBehavior: types.DrsBehaviorManual, VmotionRate: 5, EnableVmBehaviorOverrides: types.NewBool(false),
			ScaleDescendantsShares: "scaleCpuAndMemoryShares",
			Option:                 []types.BaseOptionValue{&types.OptionValue{Key: "TryBalanceVmsPerHost", Value: "1"}},
		},
		DpmConfig: &types.ClusterDpmConfigInfo{Enabled: types.NewBool(true), HostPowerActionRate: 2},
		InfraUpdateHaConfig: &types.ClusterInfraUpdateHaConfigInfo{
			Enabled: types.NewBool(true), Behavior: "Automated", Providers: []string{"provider"},
		},
		ProactiveDrsConfig: &types.ClusterProactiveDrsConfigInfo{Enabled: types.NewBool(true)},
	})
	config := l.clusterConfig()
	same(l, "swap", config.VmSwapPlacement, "hostLocal")
	same(l, "drs", *config.DrsConfig.Enabled, true)
	same(l, "behaviour", config.DrsConfig.DefaultVmBehavior, types.DrsBehaviorManual)
	same(l, "threshold", config.DrsConfig.VmotionRate, 5)
	same(l, "overrides", *config.DrsConfig.EnableVmBehaviorOverrides, false)
	same(l, "scaling", config.DrsConfig.ScaleDescendantsShares, "scaleCpuAndMemoryShares")
	same(l, "drs options", len(config.DrsConfig.Option), 1)
	same(l, "dpm", *config.DpmConfigInfo.Enabled, true)
	same(l, "dpm rate", config.DpmConfigInfo.HostPowerActionRate, 2)
	same(l, "proactive ha", config.InfraUpdateHaConfig.Behavior, "Automated")
	same(l, "predictive drs", *config.ProactiveDrsConfig.Enabled, true)
}

func TestRulesHaveAKeyForLife(t *testing.T) {
	l := furnished(t, 3)
	a, b, c := l.clone("a"), l.clone("b"), l.clone("c")
	first, second := l.rule("first", a, b), l.rule("second", b, c)
	if first == second || first == 0 {
		t.Fatalf("keys %d and %d", first, second)
	}
	uuid := l.clusterConfig().Rule[0].GetClusterRuleInfo().RuleUuid
	l.configureCluster(types.ClusterConfigSpecEx{RulesSpec: []types.ClusterRuleSpec{{
		ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationEdit},
		Info:            antiAffinity("renamed", first, a, b, c),
	}}})
	rule := l.clusterConfig().Rule[0].(*types.ClusterAntiAffinityRuleSpec)
	same(l, "name", rule.Name, "renamed")
	same(l, "machines", len(rule.Vm), 3)
	same(l, "uuid", rule.RuleUuid, uuid)
	same(l, "key", rule.Key, first)

	l.configureCluster(types.ClusterConfigSpecEx{RulesSpec: []types.ClusterRuleSpec{{
		ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationRemove, RemoveKey: first},
	}}})
	same(l, "rules", len(l.clusterConfig().Rule), 1)

	task, err := l.cluster.Reconfigure(l.ctx, &types.ClusterConfigSpecEx{RulesSpec: []types.ClusterRuleSpec{{
		ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationAdd},
		Info:            antiAffinity("second", 0, a, b),
	}}}, true)
	refused[*types.DuplicateName](l, task, err)

	l.result(c.PowerOff(l.ctx))
	l.result(c.Destroy(l.ctx))
	same(l, "machines left", len(l.clusterConfig().Rule[0].(*types.ClusterAntiAffinityRuleSpec).Vm), 1)
}

func TestRulesAreObeyed(t *testing.T) {
	l := furnished(t, 2)
	a, b, c := l.clone("a"), l.clone("b"), l.clone("c")
	if l.hostOf(a) != l.hostOf(c) {
		t.Fatalf("placement is not by load: a on %s, b on %s, c on %s", l.hostOf(a), l.hostOf(b), l.hostOf(c))
	}
	l.rule("apart", a, c)
	if l.hostOf(a) == l.hostOf(c) {
		t.Error("a rule made later does not move machines")
	}
	host := read[mo.VirtualMachine](l, c.Reference(), "runtime.host").Runtime.Host
	task, err := a.Relocate(l.ctx, types.VirtualMachineRelocateSpec{Host: host}, types.VirtualMachineMovePriorityDefaultPriority)
	refused[*types.RuleViolation](l, task, err)

	// Three machines kept apart do not fit on two hosts: the third is not started.
	l.configureCluster(types.ClusterConfigSpecEx{RulesSpec: []types.ClusterRuleSpec{{
		ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationEdit},
		Info:            antiAffinity("apart", l.clusterConfig().Rule[0].GetClusterRuleInfo().Key, a, b, c),
	}}})
	l.result(b.PowerOff(l.ctx))
	task, err = b.PowerOn(l.ctx)
	refused[*types.RuleViolation](l, task, err)
}

func TestHostRulesAreObeyed(t *testing.T) {
	l := furnished(t, 3)
	a := l.clone("a")
	add := types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationAdd}
	away := l.hosts[2].Reference()
	l.configureCluster(types.ClusterConfigSpecEx{
		GroupSpec: []types.ClusterGroupSpec{
			{ArrayUpdateSpec: add, Info: &types.ClusterVmGroup{
				ClusterGroupInfo: types.ClusterGroupInfo{Name: "machines"}, Vm: []types.ManagedObjectReference{a.Reference()},
			}},
			{ArrayUpdateSpec: add, Info: &types.ClusterHostGroup{
				ClusterGroupInfo: types.ClusterGroupInfo{Name: "hosts"}, Host: []types.ManagedObjectReference{away},
			}},
		},
		RulesSpec: []types.ClusterRuleSpec{{ArrayUpdateSpec: add, Info: &types.ClusterVmHostRuleInfo{
			ClusterRuleInfo: types.ClusterRuleInfo{Name: "feed", Enabled: types.NewBool(true), Mandatory: types.NewBool(true)},
			VmGroupName:     "machines", AffineHostGroupName: "hosts",
		}}},
	})
	same(l, "host", l.hostOf(a), "esxi-3")
	same(l, "groups", len(l.clusterConfig().Group), 2)
}
