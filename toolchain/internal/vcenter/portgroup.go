package vcenter

import (
	"slices"
	"strconv"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// portgroupMethods are those of DistributedVirtualPortgroup.
type portgroupMethods struct{ *methods }

const defaultPorts = 8

// AddDVPortgroupTask makes port groups.
func (m *switchMethods) AddDVPortgroupTask(ctx *simulator.Context, req *types.AddDVPortgroup_Task) soap.HasFault {
	dvs, _ := get[*simulator.DistributedVirtualSwitch](ctx, req.This)
	task := m.start(ctx, req.This, "AddDVPortgroupTask", func() (types.AnyType, fault) {
		for i := range req.Spec {
			if _, failure := m.newPortgroup(ctx, dvs, &req.Spec[i], false); failure != nil {
				return nil, failure
			}
		}
		return nil, nil
	})
	return &soapmethods.AddDVPortgroup_TaskBody{Res: &types.AddDVPortgroup_TaskResponse{Returnval: task}}
}

// CreateDVPortgroupTask makes one port group and answers with it.
func (m *switchMethods) CreateDVPortgroupTask(ctx *simulator.Context, req *types.CreateDVPortgroup_Task) soap.HasFault {
	dvs, _ := get[*simulator.DistributedVirtualSwitch](ctx, req.This)
	task := m.start(ctx, req.This, "CreateDVPortgroupTask", func() (types.AnyType, fault) {
		group, failure := m.newPortgroup(ctx, dvs, &req.Spec, false)
		if failure != nil {
			return nil, failure
		}
		return group.Self, nil
	})
	return &soapmethods.CreateDVPortgroup_TaskBody{Res: &types.CreateDVPortgroup_TaskResponse{Returnval: task}}
}

func (v *VCenter) newPortgroup(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch, spec *types.DVPortgroupConfigSpec, uplink bool) (*simulator.DistributedVirtualPortgroup, fault) {
	if spec.Name == "" {
		return nil, invalid("spec.name")
	}
	if other, taken := named(ctx, spec.Name, v.networks(ctx, dvs.Self)); taken {
		return nil, &types.DuplicateName{Name: spec.Name, Object: other}
	}
	config := types.DVPortgroupConfigInfo{
		NumPorts:                 defaultPorts,
		DistributedVirtualSwitch: &dvs.Self,
		DefaultPortConfig:        new(types.VMwareDVSPortSetting),
		Type:                     string(types.DistributedVirtualPortgroupPortgroupTypeEarlyBinding),
		BackingType:              string(types.DistributedVirtualPortgroupBackingTypeStandard),
		Policy:                   defaultPortgroupPolicy(),
		ConfigVersion:            "0",
		AutoExpand:               types.NewBool(true),
		Uplink:                   types.NewBool(uplink),
	}
	if failure := v.mergePortgroup(dvs, &config, spec); failure != nil {
		return nil, failure
	}
	if config.Type == string(types.DistributedVirtualPortgroupPortgroupTypeEphemeral) && spec.NumPorts == 0 {
		config.NumPorts = 0
	}
	group := &simulator.DistributedVirtualPortgroup{}
	group.Name = config.Name
	group.ManagedEntity.Name = config.Name
	group.Host = slices.Clone(dvs.Summary.HostMember)
	folder, ok := parentFolder(ctx, dvs.Self)
	if !ok {
		return nil, missing(dvs.Self)
	}
	putChild(ctx, folder, group)
	config.Key = group.Self.Value
	group.Key = config.Key
	group.Config = config
	group.Summary = &types.NetworkSummary{Network: &group.Self, Name: group.Name, Accessible: true}
	if datacenter, ok := datacenterOf(ctx, dvs.Self); ok {
		add(&datacenter.Network, group.Self)
	}
	add(&dvs.Portgroup, group.Self)
	inherit(ctx, dvs, group)
	v.plug(ctx, dvs, nil)
	v.countPorts(ctx, dvs)
	return group, nil
}

func defaultPortgroupPolicy() *types.VMwareDVSPortgroupPolicy {
	off := types.NewBool(false)
	return &types.VMwareDVSPortgroupPolicy{
		DVPortgroupPolicy: types.DVPortgroupPolicy{
			BlockOverrideAllowed: true, PortConfigResetAtDisconnect: true,
			NetworkResourcePoolOverrideAllowed: off, TrafficFilterOverrideAllowed: off,
		},
		IpfixOverrideAllowed: off, MacManagementOverrideAllowed: off,
	}
}

// mergePortgroup applies a specification to a configuration.
func (v *VCenter) mergePortgroup(dvs *simulator.DistributedVirtualSwitch, config *types.DVPortgroupConfigInfo, spec *types.DVPortgroupConfigSpec) fault {
	if spec.ConfigVersion != "" && spec.ConfigVersion != config.ConfigVersion {
		return new(types.ConcurrentAccess)
	}
	version, _ := strconv.Atoi(config.ConfigVersion)
	merge(config, spec)
	config.ConfigVersion = strconv.Itoa(version + 1)
	uplinks := configOf(dvs).UplinkPortPolicy.(*types.DVSNameArrayUplinkPortPolicy).UplinkPortName
	if failure := checkOrder(uplinks, config.DefaultPortConfig); failure != nil {
		return failure
	}
	return checkVlan(config.DefaultPortConfig)
}

// ReconfigureDVPortgroupTask changes a port group; what the specification leaves out stays.
func (m *portgroupMethods) ReconfigureDVPortgroupTask(ctx *simulator.Context, req *types.ReconfigureDVPortgroup_Task) soap.HasFault {
	group, _ := get[*simulator.DistributedVirtualPortgroup](ctx, req.This)
	task := m.start(ctx, req.This, "ReconfigureDVPortgroupTask", func() (types.AnyType, fault) {
		return nil, m.configurePortgroup(ctx, group, &req.Spec)
	})
	return &soapmethods.ReconfigureDVPortgroup_TaskBody{Res: &types.ReconfigureDVPortgroup_TaskResponse{Returnval: task}}
}

func (v *VCenter) configurePortgroup(ctx *simulator.Context, group *simulator.DistributedVirtualPortgroup, spec *types.DVPortgroupConfigSpec) fault {
	dvs, ok := get[*simulator.DistributedVirtualSwitch](ctx, *group.Config.DistributedVirtualSwitch)
	if !ok {
		return missing(*group.Config.DistributedVirtualSwitch)
	}
	if spec.Name != "" && spec.Name != group.Name {
		if other, taken := named(ctx, spec.Name, v.networks(ctx, dvs.Self)); taken {
			return &types.DuplicateName{Name: spec.Name, Object: other}
		}
	}
	config := group.Config
	if failure := v.mergePortgroup(dvs, &config, spec); failure != nil {
		return failure
	}
	if config.NumPorts < int32(len(group.Vm)) && !yes(config.AutoExpand) {
		return &types.ResourceInUse{Type: group.Self.Type, Name: group.Name}
	}
	group.ManagedEntity.Name = config.Name
	group.Summary.GetNetworkSummary().Name = config.Name
	ctx.Update(group, []types.PropertyChange{{Name: "name", Val: config.Name}, {Name: "config", Val: config}})
	inherit(ctx, dvs, group)
	v.countPorts(ctx, dvs)
	return nil
}

// RenameTask renames a port group.
func (m *portgroupMethods) RenameTask(ctx *simulator.Context, req *types.Rename_Task) soap.HasFault {
	group, _ := get[*simulator.DistributedVirtualPortgroup](ctx, req.This)
	task := m.start(ctx, req.This, "RenameTask", func() (types.AnyType, fault) {
		return nil, m.configurePortgroup(ctx, group, &types.DVPortgroupConfigSpec{Name: req.NewName})
	})
	return &soapmethods.Rename_TaskBody{Res: &types.Rename_TaskResponse{Returnval: task}}
}

// DestroyTask deletes a port group that no virtual machine is on and that is not the switch's own.
func (m *portgroupMethods) DestroyTask(ctx *simulator.Context, req *types.Destroy_Task) soap.HasFault {
	group, _ := get[*simulator.DistributedVirtualPortgroup](ctx, req.This)
	task := m.start(ctx, req.This, "DestroyTask", func() (types.AnyType, fault) {
		if len(group.Vm) > 0 || yes(group.Config.Uplink) {
			return nil, &types.ResourceInUse{Type: group.Self.Type, Name: group.Name}
		}
		m.dropPortgroup(ctx, group)
		return nil, nil
	})
	return &soapmethods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

func (v *VCenter) dropPortgroup(ctx *simulator.Context, group *simulator.DistributedVirtualPortgroup) {
	if datacenter, ok := datacenterOf(ctx, group.Self); ok {
		drop(&datacenter.Network, group.Self)
	}
	for _, host := range all[*simulator.HostSystem](ctx, group.Host) {
		networks := host.Network
		drop(&networks, group.Self)
		ctx.Update(host, []types.PropertyChange{{Name: "network", Val: networks}})
		if compute, ok := computeOf(ctx, host.Self); ok {
			v.summarize(ctx, compute)
		}
	}
	if dvs, ok := get[*simulator.DistributedVirtualSwitch](ctx, *group.Config.DistributedVirtualSwitch); ok {
		drop(&dvs.Portgroup, group.Self)
		v.countPorts(ctx, dvs)
	}
	dropChild(ctx, group.Self)
}

// countPorts numbers the ports of a switch over its port groups.
func (v *VCenter) countPorts(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch) {
	config := configOf(dvs)
	port := int32(0)
	var names []string
	for _, group := range all[*simulator.DistributedVirtualPortgroup](ctx, dvs.Portgroup) {
		if yes(group.Config.Uplink) {
			uplinks := config.UplinkPortPolicy.(*types.DVSNameArrayUplinkPortPolicy).UplinkPortName
			group.Config.NumPorts = int32(len(config.Host) * len(uplinks))
		}
		group.PortKeys = nil
		for range group.Config.NumPorts {
			group.PortKeys = append(group.PortKeys, strconv.Itoa(int(port)))
			port++
		}
		names = append(names, group.Name)
	}
	config.NumPorts = port + config.NumStandalonePorts
	dvs.Summary.NumPorts = config.NumPorts
	dvs.Summary.PortgroupName = names
}
