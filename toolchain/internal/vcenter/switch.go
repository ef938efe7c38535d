package vcenter

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// switchKind is the managed object type of every distributed switch, as in a real vCenter.
const switchKind = "VmwareDistributedVirtualSwitch"

const switchVersion = "8.0.3"

// switchMethods are those of VmwareDistributedVirtualSwitch.
type switchMethods struct{ *methods }

// switchByUUID finds a distributed switch by its UUID.
func switchByUUID(ctx *simulator.Context, id string) *simulator.DistributedVirtualSwitch {
	for _, entity := range ctx.Map.All(switchKind) {
		if dvs, ok := entity.(*simulator.DistributedVirtualSwitch); ok && dvs.Uuid == id {
			return dvs
		}
	}
	return nil
}

func configOf(dvs *simulator.DistributedVirtualSwitch) *types.VMwareDVSConfigInfo {
	return dvs.Config.(*types.VMwareDVSConfigInfo)
}

// CreateDVSTask makes a distributed switch with its uplink port group.
func (m *folderMethods) CreateDVSTask(ctx *simulator.Context, req *types.CreateDVS_Task) soap.HasFault {
	folder, _ := get[*simulator.Folder](ctx, req.This)
	task := m.start(ctx, req.This, "CreateDVSTask", func() (types.AnyType, fault) {
		if !slices.Contains(folder.ChildType, "DistributedVirtualSwitch") {
			return nil, new(types.NotSupported)
		}
		name := req.Spec.ConfigSpec.GetDVSConfigSpec().Name
		if name == "" {
			return nil, invalid("spec.configSpec.name")
		}
		if other, taken := named(ctx, name, m.networks(ctx, folder.Self)); taken {
			return nil, &types.DuplicateName{Name: name, Object: other}
		}
		dvs := m.newSwitch(ctx, folder, req.Spec.ProductInfo)
		if failure := m.configureSwitch(ctx, dvs, req.Spec.ConfigSpec); failure != nil {
			m.dropSwitch(ctx, dvs)
			return nil, failure
		}
		return dvs.Self, nil
	})
	return &soapmethods.CreateDVS_TaskBody{Res: &types.CreateDVS_TaskResponse{Returnval: task}}
}

// networks are all networks and switches of a datacenter: their names may not repeat in any of its folders.
func (v *VCenter) networks(ctx *simulator.Context, within ref) []ref {
	datacenter, ok := datacenterOf(ctx, within)
	if !ok {
		return nil
	}
	list := slices.Clone(datacenter.Network)
	for _, entity := range ctx.Map.All(switchKind) {
		if home, ok := datacenterOf(ctx, entity.Reference()); ok && home.Self == datacenter.Self {
			list = append(list, entity.Reference())
		}
	}
	return list
}

// newSwitch is a switch with a real vCenter's defaults, in its folder.
func (v *VCenter) newSwitch(ctx *simulator.Context, folder *simulator.Folder, product *types.DistributedVirtualSwitchProductSpec) *simulator.DistributedVirtualSwitch {
	version := switchVersion
	if product != nil && product.Version != "" {
		version = product.Version
	}
	info := types.DistributedVirtualSwitchProductSpec{
		Name: "DVS", Vendor: "VMware, Inc.", Version: version, Build: "0", ForwardingClass: "etherswitch",
	}
	dvs := &simulator.DistributedVirtualSwitch{}
	dvs.Self.Type = switchKind
	dvs.Uuid = uuid.NewString()
	dvs.Capability = types.DVSCapability{
		DvsOperationSupported: types.NewBool(true), DvPortGroupOperationSupported: types.NewBool(true),
		DvPortOperationSupported: types.NewBool(true),
	}
	dvs.Runtime = new(types.DVSRuntimeInfo)
	dvs.Config = &types.VMwareDVSConfigInfo{
		DVSConfigInfo: types.DVSConfigInfo{
			Uuid: dvs.Uuid,
			UplinkPortPolicy: &types.DVSNameArrayUplinkPortPolicy{
				UplinkPortName: []string{"Uplink 1", "Uplink 2", "Uplink 3", "Uplink 4"},
			},
			MaxPorts:          2147483647,
			DefaultPortConfig: defaultPortConfig(),
			ProductInfo:       info,
			Policy: &types.DVSPolicy{
				AutoPreInstallAllowed: types.NewBool(false), AutoUpgradeAllowed: types.NewBool(false),
				PartialUpgradeAllowed: types.NewBool(false),
			},
			ConfigVersion:                       "0",
			CreateTime:                          time.Now(),
			DefaultProxySwitchMaxNumPorts:       1536,
			InfrastructureTrafficResourceConfig: defaultTraffic(),
			NetworkResourceControlVersion: string(
				types.DistributedVirtualSwitchNetworkResourceControlVersionVersion3),
		},
		MaxMtu: 1500,
		LinkDiscoveryProtocolConfig: &types.LinkDiscoveryProtocolConfig{
			Protocol:  string(types.LinkDiscoveryProtocolConfigProtocolTypeCdp),
			Operation: string(types.LinkDiscoveryProtocolConfigOperationTypeListen),
		},
		LacpApiVersion:         string(types.VMwareDvsLacpApiVersionSingleLag),
		MulticastFilteringMode: string(types.VMwareDvsMulticastFilteringModeLegacyFiltering),
		IpfixConfig:            &types.VMwareIpfixConfig{ActiveFlowTimeout: 60, IdleFlowTimeout: 15},
	}
	dvs.Summary = types.DVSSummary{Uuid: dvs.Uuid, ProductInfo: &info}
	putChild(ctx, folder, dvs)
	return dvs
}

// configureSwitch applies a specification; the port groups inherit what they do not set themselves.
func (v *VCenter) configureSwitch(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch, spec types.BaseDVSConfigSpec) fault {
	base := spec.GetDVSConfigSpec()
	current := configOf(dvs)
	if base.ConfigVersion != "" && base.ConfigVersion != current.ConfigVersion {
		return new(types.ConcurrentAccess)
	}
	if base.Name != "" && base.Name != dvs.Name {
		if other, taken := named(ctx, base.Name, v.networks(ctx, dvs.Self)); taken {
			return &types.DuplicateName{Name: base.Name, Object: other}
		}
	}
	next := *current
	merge(&next.DVSConfigInfo, withoutHosts(base))
	next.InfrastructureTrafficResourceConfig = mergeTraffic(
		current.InfrastructureTrafficResourceConfig, base.InfrastructureTrafficResourceConfig)
	if base.Contact != nil {
		next.Contact = *base.Contact
	}
	if vmware, ok := spec.(*types.VMwareDVSConfigSpec); ok {
		if vmware.PvlanConfigSpec != nil || vmware.VspanConfigSpec != nil {
			return new(types.NotSupported)
		}
		only := *vmware
		only.DVSConfigSpec = types.DVSConfigSpec{}
		merge(&next, &only)
	}
	if next.MaxMtu < 1280 || next.MaxMtu > 9000 {
		return invalid("spec.maxMtu")
	}
	names, ok := next.UplinkPortPolicy.(*types.DVSNameArrayUplinkPortPolicy)
	if !ok || len(names.UplinkPortName) == 0 {
		return invalid("spec.uplinkPortPolicy")
	}
	if failure := checkOrder(names.UplinkPortName, next.DefaultPortConfig); failure != nil {
		return failure
	}
	version, _ := strconv.Atoi(current.ConfigVersion)
	next.ConfigVersion = strconv.Itoa(version + 1)
	members, failure := v.changeMembers(ctx, dvs, &next, base.Host)
	if failure != nil {
		return failure
	}
	v.publishSwitch(ctx, dvs, &next, members)
	return nil
}

func withoutHosts(spec *types.DVSConfigSpec) *types.DVSConfigSpec {
	copied := *spec
	copied.Host = nil
	copied.ConfigVersion = ""
	copied.Contact = nil
	return &copied
}

// publishSwitch makes a new configuration of a switch the current one, in every place that tells it.
func (v *VCenter) publishSwitch(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch, next *types.VMwareDVSConfigInfo, members []types.DistributedVirtualSwitchHostMember) {
	before := memberRefs(configOf(dvs).Host)
	next.Host = members
	dvs.Name = next.Name
	dvs.ManagedEntity.Name = next.Name
	after := memberRefs(members)
	summary := dvs.Summary
	summary.Name, summary.Description = next.Name, next.Description
	summary.HostMember, summary.Host, summary.NumHosts = after, after, int32(len(after))
	if next.Contact.Name != "" || next.Contact.Contact != "" {
		summary.Contact = &next.Contact
	}
	// Set directly: the simulator's Update would look for the fields of another Go type, by the reference's type name.
	dvs.Config, dvs.Summary = next, summary
	if len(next.UplinkPortgroup) == 0 {
		v.addUplinks(ctx, dvs)
	}
	for _, group := range all[*simulator.DistributedVirtualPortgroup](ctx, dvs.Portgroup) {
		inherit(ctx, dvs, group)
	}
	v.plug(ctx, dvs, before)
	v.countPorts(ctx, dvs)
}

// addUplinks makes the port group that the hosts' cards hang on.
func (v *VCenter) addUplinks(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch) {
	spec := types.DVPortgroupConfigSpec{
		Name: fmt.Sprintf("%s-DVUplinks-%s", dvs.Name, dvs.Self.Value[len("dvs-"):]),
		Type: string(types.DistributedVirtualPortgroupPortgroupTypeEarlyBinding),
		DefaultPortConfig: &types.VMwareDVSPortSetting{
			Vlan: &types.VmwareDistributedVirtualSwitchTrunkVlanSpec{
				VlanId: []types.NumericRange{{Start: 0, End: 4094}},
			},
		},
	}
	group, failure := v.newPortgroup(ctx, dvs, &spec, true)
	if failure == nil {
		configOf(dvs).UplinkPortgroup = []ref{group.Self}
	}
}

// ReconfigureDvsTask changes a switch: its settings, its member hosts and their cards.
func (m *switchMethods) ReconfigureDvsTask(ctx *simulator.Context, req *types.ReconfigureDvs_Task) soap.HasFault {
	dvs, _ := get[*simulator.DistributedVirtualSwitch](ctx, req.This)
	task := m.start(ctx, req.This, "ReconfigureDvsTask", func() (types.AnyType, fault) {
		return nil, m.configureSwitch(ctx, dvs, req.Spec)
	})
	return &soapmethods.ReconfigureDvs_TaskBody{Res: &types.ReconfigureDvs_TaskResponse{Returnval: task}}
}

// RenameTask renames a switch.
func (m *switchMethods) RenameTask(ctx *simulator.Context, req *types.Rename_Task) soap.HasFault {
	dvs, _ := get[*simulator.DistributedVirtualSwitch](ctx, req.This)
	task := m.start(ctx, req.This, "RenameTask", func() (types.AnyType, fault) {
		return nil, m.configureSwitch(ctx, dvs, &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{Name: req.NewName}})
	})
	return &soapmethods.Rename_TaskBody{Res: &types.Rename_TaskResponse{Returnval: task}}
}

// EnableNetworkResourceManagement switches network I/O control on or off.
func (m *switchMethods) EnableNetworkResourceManagement(ctx *simulator.Context, req *types.EnableNetworkResourceManagement) soap.HasFault {
	dvs, _ := get[*simulator.DistributedVirtualSwitch](ctx, req.This)
	next := *configOf(dvs)
	next.NetworkResourceManagementEnabled = req.Enable
	dvs.Config = &next
	return &soapmethods.EnableNetworkResourceManagementBody{Res: new(types.EnableNetworkResourceManagementResponse)}
}

// DestroyTask deletes a switch and its port groups, unless a virtual machine is on one of them.
func (m *switchMethods) DestroyTask(ctx *simulator.Context, req *types.Destroy_Task) soap.HasFault {
	dvs, _ := get[*simulator.DistributedVirtualSwitch](ctx, req.This)
	task := m.start(ctx, req.This, "DestroyTask", func() (types.AnyType, fault) {
		for _, group := range all[*simulator.DistributedVirtualPortgroup](ctx, dvs.Portgroup) {
			if len(group.Vm) > 0 {
				return nil, &types.ResourceInUse{Type: group.Self.Type, Name: group.Name}
			}
		}
		m.dropSwitch(ctx, dvs)
		return nil, nil
	})
	return &soapmethods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

func (v *VCenter) dropSwitch(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch) {
	for _, group := range all[*simulator.DistributedVirtualPortgroup](ctx, dvs.Portgroup) {
		v.dropPortgroup(ctx, group)
	}
	before := memberRefs(configOf(dvs).Host)
	configOf(dvs).Host = nil
	v.plug(ctx, dvs, before)
	dropChild(ctx, dvs.Self)
}
