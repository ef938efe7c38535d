package vcenter

import (
	"reflect"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// methods is embedded by every object that carries our version of a managed object type's methods. The simulator keeps
// its own objects (its code asserts their concrete types); only the call is sent to ours, which finds the object it is
// about in the request's This. The first field gives it a reference, and satisfies the simulator's searches, which look
// for a type of package mo inside every object.
type methods struct {
	mo.ExtensibleManagedObject
	*VCenter
}

// Lock and Unlock opt out of the simulator's lock per object: the gate already lets one call in at a time.
func (m *methods) Lock() {}

// Unlock is Lock's counterpart.
func (m *methods) Unlock() {}

type dispatcher struct {
	overrides map[string]mo.Reference // managed object type name to our methods
}

// methodName is the Go name the simulator looks up for a SOAP method: RelocateVM_Task is RelocateVMTask.
func methodName(soap string) string {
	if base, ok := strings.CutSuffix(soap, "_Task"); ok {
		soap = base + "Task"
	}
	return strings.ToUpper(soap[:1]) + soap[1:]
}

// dispatch is the simulator's hook before each call: it may refuse it, or send it to our version of the method.
func (d *dispatcher) dispatch(ctx *simulator.Context, call *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if ctx.Session == nil {
		switch call.Name {
		case "LoginByToken", "LoginExtensionByCertificate":
			// The simulator would take any token for good.
			return nil, new(types.InvalidLogin)
		}
		return nil, nil
	}
	override, ok := d.overrides[call.This.Type]
	if !ok || ctx.Session.Get(call.This) == nil {
		return nil, nil
	}
	if reflect.ValueOf(override).MethodByName(methodName(call.Name)).IsValid() {
		call.This = override.Reference()
	}
	return nil, nil
}
