package vcenter

import (
	"reflect"

	"github.com/vmware/govmomi/vim25/types"
)

// replaced are the types that a specification gives as a whole: an empty list in them means none, not unchanged.
var replaced = map[reflect.Type]bool{
	reflect.TypeFor[types.VMwareUplinkPortOrderPolicy]():  true,
	reflect.TypeFor[types.BoolPolicy]():                   true,
	reflect.TypeFor[types.StringPolicy]():                 true,
	reflect.TypeFor[types.IntPolicy]():                    true,
	reflect.TypeFor[types.LongPolicy]():                   true,
	reflect.TypeFor[types.DvsFilterPolicy]():              true,
	reflect.TypeFor[types.DVSMacManagementPolicy]():       true,
	reflect.TypeFor[types.DVSVendorSpecificConfig]():      true,
	reflect.TypeFor[types.SharesInfo]():                   true,
	reflect.TypeFor[types.DVSContactInfo]():               true,
	reflect.TypeFor[types.LinkDiscoveryProtocolConfig]():  true,
	reflect.TypeFor[types.VMwareDVSPortgroupPolicy]():     true,
	reflect.TypeFor[types.DVPortgroupPolicy]():            true,
	reflect.TypeFor[types.VMwareIpfixConfig]():            true,
	reflect.TypeFor[types.DVSNameArrayUplinkPortPolicy](): true,
}

// merge copies what a specification sets into a configuration, field by field of the same name, as vSphere does: what
// a specification leaves out stays as it is. Fields the configuration does not have, or has as another type, are
// skipped. Both are pointers to structs.
func merge(configuration, specification any) {
	mergeStruct(reflect.ValueOf(configuration).Elem(), reflect.ValueOf(specification).Elem())
}

func mergeStruct(into, from reflect.Value) {
	for i := range from.NumField() {
		field := from.Type().Field(i)
		if field.Anonymous {
			mergeStruct(into, from.Field(i))
			continue
		}
		target := into.FieldByName(field.Name)
		if !target.IsValid() {
			continue
		}
		if options, ok := from.Field(i).Interface().([]types.BaseOptionValue); ok {
			if current, ok := target.Addr().Interface().(*[]types.BaseOptionValue); ok {
				mergeOptions(current, options)
			}
			continue
		}
		mergeValue(target, from.Field(i), inheritable(from.Type()))
	}
}

// mergeValue sets one field. A policy's Inherited is always meant: the wire has no way to leave it out.
func mergeValue(target, value reflect.Value, policy bool) {
	if value.Kind() == reflect.Pointer && value.Type().Elem() == target.Type() && !value.IsNil() {
		value = value.Elem()
	}
	if target.Type() != value.Type() {
		return
	}
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return
		}
		kind := value.Type().Elem()
		if kind.Kind() != reflect.Struct || replaced[kind] || target.IsNil() {
			target.Set(value)
			return
		}
		copied := reflect.New(kind)
		copied.Elem().Set(target.Elem())
		mergeStruct(copied.Elem(), value.Elem())
		target.Set(copied)
	case reflect.Interface:
		if value.IsNil() {
			return
		}
		portSetting := !target.IsNil() && value.Elem().Type() == reflect.TypeFor[*types.VMwareDVSPortSetting]() &&
			target.Elem().Type() == value.Elem().Type()
		if !portSetting {
			target.Set(value)
			return
		}
		copied := reflect.New(value.Elem().Type().Elem())
		copied.Elem().Set(target.Elem().Elem())
		mergeStruct(copied.Elem(), value.Elem().Elem())
		target.Set(copied)
	case reflect.Struct:
		if replaced[value.Type()] {
			target.Set(value)
			return
		}
		mergeStruct(target, value)
	case reflect.Bool:
		if policy || value.Bool() {
			target.Set(value)
		}
	case reflect.Slice:
		if value.Len() > 0 {
			target.Set(value)
		}
	default:
		if !value.IsZero() {
			target.Set(value)
		}
	}
}

func inheritable(t reflect.Type) bool {
	return t == reflect.TypeFor[types.InheritablePolicy]()
}

// mergeOptions updates advanced options by key; an empty value removes one.
func mergeOptions(into *[]types.BaseOptionValue, from []types.BaseOptionValue) {
	for _, option := range from {
		value := option.GetOptionValue()
		kept := make([]types.BaseOptionValue, 0, len(*into)+1)
		for _, current := range *into {
			if current.GetOptionValue().Key != value.Key {
				kept = append(kept, current)
			}
		}
		if value.Value != nil && value.Value != "" {
			kept = append(kept, option)
		}
		*into = kept
	}
}
