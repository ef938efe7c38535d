package vcenter

import (
	"reflect"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func flag(b bool) *types.BoolPolicy { return &types.BoolPolicy{Value: types.NewBool(b)} }

// defaultPortConfig is what a real vCenter gives the ports of a new switch.
func defaultPortConfig() *types.VMwareDVSPortSetting {
	shaping := func() *types.DVSTrafficShapingPolicy {
		return &types.DVSTrafficShapingPolicy{
			Enabled:          flag(false),
			AverageBandwidth: &types.LongPolicy{Value: 100_000_000},
			PeakBandwidth:    &types.LongPolicy{Value: 100_000_000},
			BurstSize:        &types.LongPolicy{Value: 104_857_600},
		}
	}
	return &types.VMwareDVSPortSetting{
		DVPortSetting: types.DVPortSetting{
			Blocked:                 flag(false),
			VmDirectPathGen2Allowed: flag(false),
			InShapingPolicy:         shaping(),
			OutShapingPolicy:        shaping(),
			NetworkResourcePoolKey:  &types.StringPolicy{Value: "-1"},
			FilterPolicy:            new(types.DvsFilterPolicy),
		},
		Vlan:   new(types.VmwareDistributedVirtualSwitchVlanIdSpec),
		QosTag: &types.IntPolicy{Value: -1},
		UplinkTeamingPolicy: &types.VmwareUplinkPortTeamingPolicy{
			Policy:         &types.StringPolicy{Value: "loadbalance_srcid"},
			ReversePolicy:  flag(true),
			NotifySwitches: flag(true),
			RollingOrder:   flag(false),
			FailureCriteria: &types.DVSFailureCriteria{
				CheckSpeed: &types.StringPolicy{Value: "minimum"}, Speed: &types.IntPolicy{Value: 10},
				CheckDuplex: flag(false), FullDuplex: flag(false), CheckErrorPercent: flag(false),
				Percentage: new(types.IntPolicy), CheckBeacon: flag(false),
			},
			UplinkPortOrder: new(types.VMwareUplinkPortOrderPolicy),
		},
		SecurityPolicy: &types.DVSSecurityPolicy{
			AllowPromiscuous: flag(false), MacChanges: flag(false), ForgedTransmits: flag(false),
		},
		IpfixEnabled: flag(false),
		TxUplink:     flag(false),
		LacpPolicy:   &types.VMwareUplinkLacpPolicy{Enable: flag(false), Mode: &types.StringPolicy{Value: "passive"}},
	}
}

// checkOrder refuses a teaming order that names an uplink the switch does not have, or the same one twice.
func checkOrder(uplinks []string, setting types.BaseDVPortSetting) fault {
	vmware, ok := setting.(*types.VMwareDVSPortSetting)
	if !ok || vmware.UplinkTeamingPolicy == nil || vmware.UplinkTeamingPolicy.UplinkPortOrder == nil {
		return nil
	}
	order := vmware.UplinkTeamingPolicy.UplinkPortOrder
	named := slices.Concat(order.ActiveUplinkPort, order.StandbyUplinkPort)
	for i, name := range named {
		if !slices.Contains(uplinks, name) || slices.Contains(named[:i], name) {
			return invalid("spec.defaultPortConfig.uplinkTeamingPolicy.uplinkPortOrder")
		}
	}
	return nil
}

// checkVlan refuses VLAN ids outside 0 to 4094.
func checkVlan(setting types.BaseDVPortSetting) fault {
	vmware, ok := setting.(*types.VMwareDVSPortSetting)
	if !ok {
		return nil
	}
	switch vlan := vmware.Vlan.(type) {
	case *types.VmwareDistributedVirtualSwitchVlanIdSpec:
		if vlan.VlanId < 0 || vlan.VlanId > 4094 {
			return invalid("spec.defaultPortConfig.vlan")
		}
	case *types.VmwareDistributedVirtualSwitchTrunkVlanSpec:
		for _, r := range vlan.VlanId {
			if r.Start < 0 || r.End > 4094 || r.Start > r.End {
				return invalid("spec.defaultPortConfig.vlan")
			}
		}
	}
	return nil
}

// inherit gives a port group the switch's settings where it has none of its own.
func inherit(ctx *simulator.Context, dvs *simulator.DistributedVirtualSwitch, group *simulator.DistributedVirtualPortgroup) {
	own, ok := group.Config.DefaultPortConfig.(*types.VMwareDVSPortSetting)
	if !ok {
		return
	}
	defaults := configOf(dvs).DefaultPortConfig.(*types.VMwareDVSPortSetting)
	result := inherited(reflect.ValueOf(own), reflect.ValueOf(defaults)).Interface()
	config := group.Config
	config.DefaultPortConfig = result.(*types.VMwareDVSPortSetting)
	ctx.Update(group, []types.PropertyChange{{Name: "config", Val: config}})
}

// inherited is a copy of the setting own (a pointer to a struct), where each policy that says it is inherited, and
// each one left out, has the value of the defaults and says so.
func inherited(own, defaults reflect.Value) reflect.Value {
	result := reflect.New(own.Type().Elem())
	result.Elem().Set(own.Elem())
	fillInherited(result.Elem(), defaults.Elem())
	return result
}

func fillInherited(own, defaults reflect.Value) {
	for i := range own.NumField() {
		field := own.Field(i)
		from := defaults.Field(i)
		if own.Type().Field(i).Anonymous {
			if field.Type() != reflect.TypeFor[types.InheritablePolicy]() {
				fillInherited(field, from)
			}
			continue
		}
		switch field.Kind() {
		case reflect.Interface, reflect.Pointer:
		default:
			continue
		}
		if field.Kind() == reflect.Interface && !field.IsNil() && !from.IsNil() {
			// A VLAN: of any kind, whole.
			if marked(field.Elem()) {
				field.Set(markInherited(from.Elem()))
			}
			continue
		}
		if from.IsNil() {
			continue
		}
		value := from
		if field.Kind() == reflect.Interface {
			value = from.Elem()
		}
		if value.Kind() != reflect.Pointer || value.Type().Elem().Kind() != reflect.Struct {
			continue
		}
		if field.IsNil() || marked(field) {
			field.Set(markInherited(value))
			continue
		}
		field.Set(inherited(field, value))
	}
}

// marked tells whether a policy (a pointer to a struct) says that it is inherited.
func marked(policy reflect.Value) bool {
	flag := policy.Elem().FieldByName("Inherited")
	return flag.IsValid() && flag.Bool()
}

// markInherited is a copy of a policy that says, all through, that it is inherited.
func markInherited(policy reflect.Value) reflect.Value {
	result := reflect.New(policy.Type().Elem())
	result.Elem().Set(policy.Elem())
	if flag := result.Elem().FieldByName("Inherited"); flag.IsValid() && flag.CanSet() {
		flag.SetBool(true)
	}
	for i := range result.Elem().NumField() {
		field := result.Elem().Field(i)
		if field.Kind() == reflect.Pointer && !field.IsNil() && field.Type().Elem().Kind() == reflect.Struct {
			field.Set(markInherited(field))
		}
	}
	return result
}
