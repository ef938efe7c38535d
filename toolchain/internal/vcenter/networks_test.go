package vcenter

import (
	"slices"
	"testing"

	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func policy(b bool) *types.BoolPolicy { return &types.BoolPolicy{Value: types.NewBool(b)} }

func (l *lab) switchConfig() *types.VMwareDVSConfigInfo {
	l.Helper()
	return read[mo.DistributedVirtualSwitch](l, l.dvs.Reference(), "config").Config.(*types.VMwareDVSConfigInfo)
}

func setting(config types.BaseDVPortSetting) *types.VMwareDVSPortSetting {
	return config.(*types.VMwareDVSPortSetting)
}

func TestASwitchKeepsItsSettings(t *testing.T) {
	l := furnished(t, 2)
	spec := &types.VMwareDVSConfigSpec{
		DVSConfigSpec: types.DVSConfigSpec{
			ConfigVersion:   l.switchConfig().ConfigVersion,
			Description:     "zones",
			Contact:         &types.DVSContactInfo{Name: "network team", Contact: "network@example.org"},
			SwitchIpAddress: "10.0.0.9",
			InfrastructureTrafficResourceConfig: []types.DvsHostInfrastructureTrafficResource{{
				Key: "vmotion",
				AllocationInfo: types.DvsHostInfrastructureTrafficResourceAllocation{
					Limit: types.NewInt64(500), Shares: &types.SharesInfo{Level: types.SharesLevelLow},
				},
			}},
			UplinkPortPolicy: &types.DVSNameArrayUplinkPortPolicy{UplinkPortName: []string{"north", "south"}},
			DefaultPortConfig: &types.VMwareDVSPortSetting{
				UplinkTeamingPolicy: &types.VmwareUplinkPortTeamingPolicy{
					Policy: &types.StringPolicy{Value: "failover_explicit"},
					UplinkPortOrder: &types.VMwareUplinkPortOrderPolicy{
						ActiveUplinkPort: []string{"north"}, StandbyUplinkPort: []string{"south"},
					},
				},
				Vlan: &types.VmwareDistributedVirtualSwitchVlanIdSpec{VlanId: 7},
				SecurityPolicy: &types.DVSSecurityPolicy{
					AllowPromiscuous: policy(true), MacChanges: policy(true), ForgedTransmits: policy(true),
				},
			},
		},
		MaxMtu:                      9000,
		LinkDiscoveryProtocolConfig: &types.LinkDiscoveryProtocolConfig{Protocol: "lldp", Operation: "both"},
		LacpApiVersion:              "multipleLag",
		MulticastFilteringMode:      "snooping",
	}
	l.result(l.dvs.Reconfigure(l.ctx, spec))
	_, err := soapmethods.EnableNetworkResourceManagement(l.ctx, l.client, &types.EnableNetworkResourceManagement{
		This: l.dvs.Reference(), Enable: true,
	})
	l.ok(err)

	config := l.switchConfig()
	same(l, "mtu", config.MaxMtu, 9000)
	same(l, "description", config.Description, "zones")
	same(l, "contact", config.Contact, *spec.Contact)
	same(l, "address", config.SwitchIpAddress, "10.0.0.9")
	same(l, "discovery", *config.LinkDiscoveryProtocolConfig, *spec.LinkDiscoveryProtocolConfig)
	same(l, "lacp", config.LacpApiVersion, "multipleLag")
	same(l, "multicast", config.MulticastFilteringMode, "snooping")
	for _, traffic := range config.InfrastructureTrafficResourceConfig {
		if traffic.Key == "vmotion" {
			same(l, "vmotion limit", *traffic.AllocationInfo.Limit, 500)
			same(l, "vmotion shares", traffic.AllocationInfo.Shares.Shares, 25)
			same(l, "vmotion reservation, not mentioned", *traffic.AllocationInfo.Reservation, 0)
		}
	}
	same(l, "kinds of traffic", len(config.InfrastructureTrafficResourceConfig), len(trafficKinds))
	same(l, "nioc", config.NetworkResourceManagementEnabled, true)
	same(l, "uplink", config.UplinkPortPolicy.(*types.DVSNameArrayUplinkPortPolicy).UplinkPortName[1], "south")
	ports := setting(config.DefaultPortConfig)
	same(l, "active", ports.UplinkTeamingPolicy.UplinkPortOrder.ActiveUplinkPort[0], "north")
	same(l, "standby", ports.UplinkTeamingPolicy.UplinkPortOrder.StandbyUplinkPort[0], "south")
	same(l, "teaming", ports.UplinkTeamingPolicy.Policy.Value, "failover_explicit")
	same(l, "notify, not mentioned", *ports.UplinkTeamingPolicy.NotifySwitches.Value, true)
	same(l, "vlan", ports.Vlan.(*types.VmwareDistributedVirtualSwitchVlanIdSpec).VlanId, 7)
	same(l, "promiscuous", *ports.SecurityPolicy.AllowPromiscuous.Value, true)
	same(l, "forged", *ports.SecurityPolicy.ForgedTransmits.Value, true)
	same(l, "mac changes", *ports.SecurityPolicy.MacChanges.Value, true)

	task, err := l.dvs.Reconfigure(l.ctx, spec)
	refused[*types.ConcurrentAccess](l, task, err)

	l.result(l.dvs.Reconfigure(l.ctx, &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{
		DefaultPortConfig: &types.VMwareDVSPortSetting{UplinkTeamingPolicy: &types.VmwareUplinkPortTeamingPolicy{
			UplinkPortOrder: &types.VMwareUplinkPortOrderPolicy{ActiveUplinkPort: []string{"north", "south"}},
		}},
	}}))
	order := setting(l.switchConfig().DefaultPortConfig).UplinkTeamingPolicy.UplinkPortOrder
	same(l, "active", len(order.ActiveUplinkPort), 2)
	same(l, "standby", len(order.StandbyUplinkPort), 0)
}

func TestASwitchHasHostsAndTheirCards(t *testing.T) {
	l := furnished(t, 2)
	config := l.switchConfig()
	same(l, "members", len(config.Host), 2)
	backing := config.Host[0].Config.Backing.(*types.DistributedVirtualSwitchHostMemberPnicBacking)
	same(l, "card", backing.PnicSpec[1].PnicDevice, "vmnic1")
	proxy := read[mo.HostSystem](l, l.hosts[0].Reference(), "config.network.proxySwitch").Config.Network.ProxySwitch[0]
	same(l, "proxy", proxy.DvsUuid, config.Uuid)
	same(l, "uplink of the second card", proxy.UplinkPort[1].Value, "uplink2")
	same(l, "its port", proxy.UplinkPort[1].Key, backing.PnicSpec[1].UplinkPortKey)

	change := l.members("vmnic0")[:1]
	change[0].Operation = string(types.ConfigSpecOperationEdit)
	l.result(l.dvs.Reconfigure(l.ctx, &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{Host: change}}))
	same(l, "cards", len(devices(l.switchConfig().Host[0])), 1)

	change[0].Operation, change[0].Backing = string(types.ConfigSpecOperationRemove), nil
	l.result(l.dvs.Reconfigure(l.ctx, &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{Host: change}}))
	same(l, "members", len(l.switchConfig().Host), 1)
	left := read[mo.HostSystem](l, l.hosts[0].Reference(), "config.network.proxySwitch", "network")
	same(l, "proxies", len(left.Config.Network.ProxySwitch), 0)
	same(l, "networks", len(left.Network), 1)
}

func TestACardServesOneSwitch(t *testing.T) {
	l := furnished(t, 1)
	create := func(card string) {
		spec := types.DVSCreateSpec{ConfigSpec: &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{
			Name: "other", Host: l.members(card),
		}}}
		task, err := l.folders.NetworkFolder.CreateDVS(l.ctx, spec)
		if card == "vmnic1" {
			refused[*types.ResourceInUse](l, task, err)
		} else {
			refused[*types.InvalidArgument](l, task, err)
		}
	}
	create("vmnic1")
	create("vmnic9")
	same(l, "networks", len(read[mo.Folder](l, l.folders.NetworkFolder.Reference(), "childEntity").ChildEntity), 3)
	l.createSwitch("interconnect", "vmnic2", "vmnic3")
}

func TestAPortGroupKeepsItsSettings(t *testing.T) {
	l := furnished(t, 2)
	group := l.portgroup(types.DVPortgroupConfigSpec{
		Name: "admin", Type: "earlyBinding", NumPorts: 16, Description: "administration",
		AutoExpand: types.NewBool(false), PortNameFormat: "<portIndex>",
		Policy: &types.VMwareDVSPortgroupPolicy{
			DVPortgroupPolicy: types.DVPortgroupPolicy{ShapingOverrideAllowed: true}, VlanOverrideAllowed: true,
		},
		DefaultPortConfig: &types.VMwareDVSPortSetting{
			Vlan: &types.VmwareDistributedVirtualSwitchVlanIdSpec{VlanId: 100},
			UplinkTeamingPolicy: &types.VmwareUplinkPortTeamingPolicy{UplinkPortOrder: &types.VMwareUplinkPortOrderPolicy{
				ActiveUplinkPort: []string{"uplink1"}, StandbyUplinkPort: []string{"uplink2"},
			}},
			SecurityPolicy: &types.DVSSecurityPolicy{ForgedTransmits: policy(true)},
		},
	})
	same(l, "name", group.Name, "admin")
	same(l, "key", group.Key, group.Self.Value)
	same(l, "type", group.Config.Type, "earlyBinding")
	same(l, "ports", group.Config.NumPorts, 16)
	same(l, "port keys", len(group.PortKeys), 16)
	same(l, "description", group.Config.Description, "administration")
	same(l, "expand", *group.Config.AutoExpand, false)
	same(l, "format", group.Config.PortNameFormat, "<portIndex>")
	same(l, "vlan override", group.Config.Policy.(*types.VMwareDVSPortgroupPolicy).VlanOverrideAllowed, true)
	same(l, "hosts", len(group.Host), 2)
	ports := setting(group.Config.DefaultPortConfig)
	same(l, "vlan", ports.Vlan.(*types.VmwareDistributedVirtualSwitchVlanIdSpec).VlanId, 100)
	same(l, "standby", ports.UplinkTeamingPolicy.UplinkPortOrder.StandbyUplinkPort[0], "uplink2")
	same(l, "forged", *ports.SecurityPolicy.ForgedTransmits.Value, true)
	same(l, "promiscuous, inherited", ports.SecurityPolicy.AllowPromiscuous.Inherited, true)
	same(l, "notify, inherited", *ports.UplinkTeamingPolicy.NotifySwitches.Value, true)

	l.result(l.reconfigurePortgroup(group.Self, types.DVPortgroupConfigSpec{
		Name: "admin-2", NumPorts: 24,
		DefaultPortConfig: &types.VMwareDVSPortSetting{
			Vlan: &types.VmwareDistributedVirtualSwitchVlanIdSpec{VlanId: 101},
			UplinkTeamingPolicy: &types.VmwareUplinkPortTeamingPolicy{UplinkPortOrder: &types.VMwareUplinkPortOrderPolicy{
				ActiveUplinkPort: []string{"uplink2"},
			}},
		},
	}))
	group = read[mo.DistributedVirtualPortgroup](l, group.Self)
	ports = setting(group.Config.DefaultPortConfig)
	same(l, "name", group.Name, "admin-2")
	same(l, "config name", group.Config.Name, "admin-2")
	same(l, "ports", group.Config.NumPorts, 24)
	same(l, "description, not mentioned", group.Config.Description, "administration")
	same(l, "forged, not mentioned", *ports.SecurityPolicy.ForgedTransmits.Value, true)
	same(l, "vlan", ports.Vlan.(*types.VmwareDistributedVirtualSwitchVlanIdSpec).VlanId, 101)
	same(l, "active", ports.UplinkTeamingPolicy.UplinkPortOrder.ActiveUplinkPort[0], "uplink2")
	same(l, "standby", len(ports.UplinkTeamingPolicy.UplinkPortOrder.StandbyUplinkPort), 0)

	task, err := l.reconfigurePortgroup(group.Self, types.DVPortgroupConfigSpec{DefaultPortConfig: &types.VMwareDVSPortSetting{
		UplinkTeamingPolicy: &types.VmwareUplinkPortTeamingPolicy{UplinkPortOrder: &types.VMwareUplinkPortOrderPolicy{
			ActiveUplinkPort: []string{"uplink9"},
		}},
	}})
	refused[*types.InvalidArgument](l, task, err)
}

func TestAPortGroupInheritsFromItsSwitch(t *testing.T) {
	l := furnished(t, 1)
	group := l.portgroup(types.DVPortgroupConfigSpec{Name: "admin"})
	l.result(l.dvs.Reconfigure(l.ctx, &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{
		DefaultPortConfig: &types.VMwareDVSPortSetting{
			SecurityPolicy: &types.DVSSecurityPolicy{MacChanges: policy(true)},
			Vlan:           &types.VmwareDistributedVirtualSwitchVlanIdSpec{VlanId: 9},
		},
	}}))
	ports := setting(read[mo.DistributedVirtualPortgroup](l, group.Self).Config.DefaultPortConfig)
	same(l, "mac changes", *ports.SecurityPolicy.MacChanges.Value, true)
	same(l, "vlan", ports.Vlan.(*types.VmwareDistributedVirtualSwitchVlanIdSpec).VlanId, 9)
}

func TestNetworksInUseStay(t *testing.T) {
	l := furnished(t, 1)
	group := l.portgroup(types.DVPortgroupConfigSpec{Name: "admin"})
	vm := l.cloneWith("guest", &types.VirtualMachineConfigSpec{DeviceChange: addCard(l.switchConfig().Uuid, group.Key)})
	same(l, "machines", len(read[mo.DistributedVirtualPortgroup](l, group.Self).Vm), 1)
	task, err := l.destroy(group.Self)
	refused[*types.ResourceInUse](l, task, err)
	task, err = l.dvs.Destroy(l.ctx)
	refused[*types.ResourceInUse](l, task, err)
	l.result(vm.PowerOff(l.ctx))
	l.result(vm.Destroy(l.ctx))
	same(l, "machines", len(read[mo.DistributedVirtualPortgroup](l, group.Self).Vm), 0)
	l.result(l.destroy(group.Self))
	networks := read[mo.HostSystem](l, l.hosts[0].Reference(), "network").Network
	same(l, "gone from the host", slices.Contains(networks, group.Self), false)
	l.result(l.dvs.Destroy(l.ctx))
}
