package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func memberRefs(members []types.DistributedVirtualSwitchHostMember) []ref {
	var list []ref
	for _, member := range members {
		list = append(list, *member.Config.Host)
	}
	return list
}

// changeMembers adds, edits and removes a switch's hosts.
func (v *VCenter) changeMembers(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch, config *types.VMwareDVSConfigInfo, changes []types.DistributedVirtualSwitchHostMemberConfigSpec) ([]types.DistributedVirtualSwitchHostMember, fault) {
	members := slices.Clone(config.Host)
	for _, change := range changes {
		host, ok := get[*simulator.HostSystem](ctx, change.Host)
		if !ok {
			return nil, missing(change.Host)
		}
		at := slices.IndexFunc(members, func(m types.DistributedVirtualSwitchHostMember) bool {
			return *m.Config.Host == host.Self
		})
		switch types.ConfigSpecOperation(change.Operation) {
		case types.ConfigSpecOperationAdd:
			if at >= 0 {
				return nil, &types.AlreadyExists{Name: host.Name}
			}
			member, failure := v.member(ctx, dvs, config, host, change.Backing)
			if failure != nil {
				return nil, failure
			}
			members = append(members, *member)
		case types.ConfigSpecOperationEdit:
			if at < 0 {
				return nil, &types.NotFound{}
			}
			if change.Backing == nil {
				continue
			}
			member, failure := v.member(ctx, dvs, config, host, change.Backing)
			if failure != nil {
				return nil, failure
			}
			members[at] = *member
		case types.ConfigSpecOperationRemove:
			if at < 0 {
				return nil, &types.NotFound{}
			}
			for _, vm := range all[*simulator.VirtualMachine](ctx, host.Vm) {
				if slices.Contains(switchesOf(vm.Config.Hardware.Device), dvs.Uuid) {
					return nil, &types.ResourceInUse{Type: vm.Self.Type, Name: vm.Name}
				}
			}
			members = slices.Delete(members, at, at+1)
		default:
			return nil, invalid("spec.host.operation")
		}
	}
	return members, nil
}

// member is a host of a switch: its n-th card hangs on the n-th uplink, as vCenter does when no port is named.
func (v *VCenter) member(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch, config *types.VMwareDVSConfigInfo, host *simulator.HostSystem, backing types.BaseDistributedVirtualSwitchHostMemberBacking) (*types.DistributedVirtualSwitchHostMember, fault) {
	here, _ := datacenterOf(ctx, dvs.Self)
	if there, ok := datacenterOf(ctx, host.Self); !ok || here == nil || there.Self != here.Self {
		return nil, invalid("spec.host.host")
	}
	var cards []types.DistributedVirtualSwitchHostMemberPnicSpec
	switch backing := backing.(type) {
	case nil:
	case *types.DistributedVirtualSwitchHostMemberPnicBacking:
		cards = slices.Clone(backing.PnicSpec)
	default:
		return nil, new(types.NotSupported)
	}
	uplinks := config.UplinkPortPolicy.(*types.DVSNameArrayUplinkPortPolicy).UplinkPortName
	if len(cards) > len(uplinks) {
		return nil, invalid("spec.host.backing.pnicSpec")
	}
	var ports []string
	for i := range cards {
		if failure := v.checkCard(ctx, dvs, host, cards[i].PnicDevice, cards[:i]); failure != nil {
			return nil, failure
		}
		cards[i].UplinkPortKey = uplinkKey(host, uplinks[i])
		ports = append(ports, cards[i].UplinkPortKey)
	}
	return &types.DistributedVirtualSwitchHostMember{
		Config: types.DistributedVirtualSwitchHostMemberConfigInfo{
			Host:                &host.Self,
			MaxProxySwitchPorts: config.DefaultProxySwitchMaxNumPorts,
			Backing:             &types.DistributedVirtualSwitchHostMemberPnicBacking{PnicSpec: cards},
		},
		ProductInfo:   &config.ProductInfo,
		UplinkPortKey: ports,
		Status:        string(types.DistributedVirtualSwitchHostMemberHostComponentStateUp),
	}, nil
}

func uplinkKey(host *simulator.HostSystem, uplink string) string {
	return host.Self.Value + "/" + uplink
}

// checkCard refuses a card the host does not have, or that is in use.
func (v *VCenter) checkCard(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch, host *simulator.HostSystem, device string, before []types.DistributedVirtualSwitchHostMemberPnicSpec) fault {
	known := slices.ContainsFunc(host.Config.Network.Pnic, func(nic types.PhysicalNic) bool { return nic.Device == device })
	twice := slices.ContainsFunc(before, func(s types.DistributedVirtualSwitchHostMemberPnicSpec) bool {
		return s.PnicDevice == device
	})
	if !known || twice {
		return invalid("spec.host.backing.pnicSpec.pnicDevice")
	}
	for _, entity := range ctx.Map.All(switchKind) {
		other, ok := entity.(*simulator.DistributedVirtualSwitch)
		if !ok || other.Self == dvs.Self {
			continue
		}
		for _, member := range configOf(other).Host {
			if *member.Config.Host == host.Self && slices.Contains(devices(member), device) {
				return &types.ResourceInUse{Type: "PhysicalNic", Name: device}
			}
		}
	}
	return nil
}

// devices are the cards of a member.
func devices(member types.DistributedVirtualSwitchHostMember) []string {
	var list []string
	if backing, ok := member.Config.Backing.(*types.DistributedVirtualSwitchHostMemberPnicBacking); ok {
		for _, card := range backing.PnicSpec {
			list = append(list, card.PnicDevice)
		}
	}
	return list
}

// plug tells the hosts that are members now, or were before, and their clusters.
func (v *VCenter) plug(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch, before []ref) {
	config := configOf(dvs)
	now := memberRefs(config.Host)
	concerned := slices.Clone(now)
	for _, host := range before {
		add(&concerned, host)
	}
	for _, host := range all[*simulator.HostSystem](ctx, concerned) {
		joined := slices.IndexFunc(config.Host, func(m types.DistributedVirtualSwitchHostMember) bool {
			return *m.Config.Host == host.Self
		})
		network := host.Config.Network
		network.ProxySwitch = slices.DeleteFunc(slices.Clone(network.ProxySwitch), func(p types.HostProxySwitch) bool {
			return p.DvsUuid == dvs.Uuid
		})
		if joined >= 0 {
			network.ProxySwitch = append(network.ProxySwitch, proxySwitch(config, config.Host[joined]))
		}
		networks := host.Network
		for _, group := range dvs.Portgroup {
			if joined >= 0 {
				add(&networks, group)
			} else {
				drop(&networks, group)
			}
		}
		ctx.Update(host, []types.PropertyChange{{Name: "network", Val: networks}})
		if compute, ok := computeOf(ctx, host.Self); ok {
			v.summarize(ctx, compute)
		}
	}
	for _, group := range all[*simulator.DistributedVirtualPortgroup](ctx, dvs.Portgroup) {
		ctx.Update(group, []types.PropertyChange{{Name: "host", Val: now}})
	}
}

// proxySwitch is a switch as one of its hosts sees it.
func proxySwitch(config *types.VMwareDVSConfigInfo, member types.DistributedVirtualSwitchHostMember) types.HostProxySwitch {
	proxy := types.HostProxySwitch{
		DvsUuid: config.Uuid, DvsName: config.Name, Key: "key-vim.host.HostProxySwitch-" + config.Name,
		NumPorts: config.DefaultProxySwitchMaxNumPorts, Mtu: config.MaxMtu,
		Spec: types.HostProxySwitchSpec{Backing: member.Config.Backing},
	}
	uplinks := config.UplinkPortPolicy.(*types.DVSNameArrayUplinkPortPolicy).UplinkPortName
	for i, device := range devices(member) {
		proxy.Pnic = append(proxy.Pnic, "key-vim.host.PhysicalNic-"+device)
		proxy.UplinkPort = append(proxy.UplinkPort, types.KeyValue{Key: member.UplinkPortKey[i], Value: uplinks[i]})
	}
	return proxy
}
