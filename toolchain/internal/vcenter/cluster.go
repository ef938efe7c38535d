package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// clusterMethods are those of ClusterComputeResource.
type clusterMethods struct{ *methods }

// defaultClusterConfig is what a real vCenter gives a new cluster.
func defaultClusterConfig() *types.ClusterConfigInfoEx {
	off := types.NewBool(false)
	return &types.ClusterConfigInfoEx{
		ComputeResourceConfigInfo: types.ComputeResourceConfigInfo{
			VmSwapPlacement: string(types.VirtualMachineConfigInfoSwapPlacementTypeVmDirectory),
		},
		DasConfig: types.ClusterDasConfigInfo{
			Enabled:                 off,
			VmMonitoring:            string(types.ClusterDasConfigInfoVmMonitoringStateVmMonitoringDisabled),
			HostMonitoring:          string(types.ClusterDasConfigInfoServiceStateEnabled),
			VmComponentProtecting:   string(types.ClusterDasConfigInfoServiceStateDisabled),
			FailoverLevel:           1,
			AdmissionControlPolicy:  &types.ClusterFailoverLevelAdmissionControlPolicy{FailoverLevel: 1},
			AdmissionControlEnabled: types.NewBool(true),
			DefaultVmSettings: &types.ClusterDasVmSettings{
				RestartPriority:        string(types.ClusterDasVmSettingsRestartPriorityMedium),
				RestartPriorityTimeout: 600,
				IsolationResponse:      string(types.ClusterDasVmSettingsIsolationResponseNone),
				VmToolsMonitoringSettings: &types.ClusterVmToolsMonitoringSettings{
					Enabled:          off,
					VmMonitoring:     string(types.ClusterDasConfigInfoVmMonitoringStateVmMonitoringDisabled),
					ClusterSettings:  types.NewBool(true),
					FailureInterval:  30,
					MinUpTime:        120,
					MaxFailures:      3,
					MaxFailureWindow: -1,
				},
				VmComponentProtectionSettings: &types.ClusterVmComponentProtectionSettings{
					VmStorageProtectionForAPD: "disabled",
					EnableAPDTimeoutForHosts:  off,
					VmTerminateDelayForAPDSec: 180,
					VmReactionOnAPDCleared:    "none",
					VmStorageProtectionForPDL: "disabled",
				},
			},
			HBDatastoreCandidatePolicy: string(
				types.ClusterDasConfigInfoHBDatastoreCandidateAllFeasibleDsWithUserPreference),
		},
		DrsConfig: types.ClusterDrsConfigInfo{
			Enabled:                   off,
			EnableVmBehaviorOverrides: types.NewBool(true),
			DefaultVmBehavior:         types.DrsBehaviorFullyAutomated,
			VmotionRate:               3,
			ScaleDescendantsShares:    string(types.ResourceConfigSpecScaleSharesBehaviorDisabled),
		},
		DpmConfigInfo: &types.ClusterDpmConfigInfo{
			Enabled: off, DefaultDpmBehavior: types.DpmBehaviorManual, HostPowerActionRate: 3,
		},
		InfraUpdateHaConfig: &types.ClusterInfraUpdateHaConfigInfo{
			Enabled: off, Behavior: "Manual", ModerateRemediation: "QuarantineMode", SevereRemediation: "QuarantineMode",
		},
		ProactiveDrsConfig: &types.ClusterProactiveDrsConfigInfo{Enabled: off},
	}
}

// CreateClusterEx makes a cluster with the configuration asked for.
func (m *folderMethods) CreateClusterEx(ctx *simulator.Context, req *types.CreateClusterEx) soap.HasFault {
	body := new(soapmethods.CreateClusterExBody)
	folder, _ := get[*simulator.Folder](ctx, req.This)
	answer := folder.CreateClusterEx(ctx, req).(*soapmethods.CreateClusterExBody)
	if answer.Fault_ != nil {
		return answer
	}
	cluster, _ := get[*simulator.ClusterComputeResource](ctx, answer.Res.Returnval)
	publishCluster(ctx, cluster, defaultClusterConfig())
	m.summarize(ctx, &cluster.ComputeResource)
	if failure := m.configureCluster(ctx, cluster, &req.Spec); failure != nil {
		m.dropCluster(ctx, cluster)
		body.Fault_ = simulator.Fault("", failure)
		return body
	}
	return answer
}

// ReconfigureComputeResourceTask changes a cluster; modify=false, "replace everything", is not supported.
func (m *clusterMethods) ReconfigureComputeResourceTask(ctx *simulator.Context, req *types.ReconfigureComputeResource_Task) soap.HasFault {
	cluster, _ := get[*simulator.ClusterComputeResource](ctx, req.This)
	task := m.start(ctx, req.This, "ReconfigureComputeResourceTask", func() (types.AnyType, fault) {
		spec, ok := req.Spec.(*types.ClusterConfigSpecEx)
		if !ok {
			return nil, invalid("spec")
		}
		if !req.Modify {
			return nil, new(types.NotSupported)
		}
		if failure := m.configureCluster(ctx, cluster, spec); failure != nil {
			return nil, failure
		}
		m.balance(ctx, cluster)
		return nil, nil
	})
	return &soapmethods.ReconfigureComputeResource_TaskBody{
		Res: &types.ReconfigureComputeResource_TaskResponse{Returnval: task},
	}
}

// configureCluster applies a specification whole or not at all.
func (v *VCenter) configureCluster(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, spec *types.ClusterConfigSpecEx) fault {
	current := cluster.ConfigurationEx.(*types.ClusterConfigInfoEx)
	next := *current
	merge(&next, spec)
	if spec.DpmConfig != nil {
		power := *current.DpmConfigInfo
		merge(&power, spec.DpmConfig)
		next.DpmConfigInfo = &power
	}
	if spec.VsanConfig != nil && yes(spec.VsanConfig.Enabled) {
		return new(types.NotSupported)
	}
	if level, ok := next.DasConfig.AdmissionControlPolicy.(*types.ClusterFailoverLevelAdmissionControlPolicy); ok {
		next.DasConfig.FailoverLevel = level.FailoverLevel
	}
	for _, update := range []func(*simulator.Context, *simulator.ClusterComputeResource, *types.ClusterConfigInfoEx, *types.ClusterConfigSpecEx) fault{
		v.updateGroups, v.updateRules, v.updateOverrides,
	} {
		if failure := update(ctx, cluster, &next, spec); failure != nil {
			return failure
		}
	}
	publishCluster(ctx, cluster, &next)
	return nil
}

// publishCluster makes a new configuration the current one, in its older form too.
func publishCluster(ctx *simulator.Context, cluster *simulator.ClusterComputeResource, next *types.ClusterConfigInfoEx) {
	ctx.Update(cluster, []types.PropertyChange{
		{Name: "configurationEx", Val: next},
		{Name: "configuration", Val: types.ClusterConfigInfo{
			DasConfig: next.DasConfig, DasVmConfig: next.DasVmConfig,
			DrsConfig: next.DrsConfig, DrsVmConfig: next.DrsVmConfig, Rule: next.Rule,
		}},
	})
}
