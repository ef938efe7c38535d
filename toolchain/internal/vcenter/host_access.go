package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// accessMethods are those of HostAccessManager.
type accessMethods struct{ *methods }

// ChangeLockdownMode closes a host to direct logins, or opens it.
func (m *accessMethods) ChangeLockdownMode(ctx *simulator.Context, req *types.ChangeLockdownMode) soap.HasFault {
	body := new(soapmethods.ChangeLockdownModeBody)
	manager, ok := get[*mo.HostAccessManager](ctx, req.This)
	switch req.Mode {
	case types.HostLockdownModeLockdownDisabled, types.HostLockdownModeLockdownNormal, types.HostLockdownModeLockdownStrict:
	default:
		ok = false
	}
	if !ok {
		body.Fault_ = simulator.Fault("", invalid("mode"))
		return body
	}
	ctx.Update(manager, []types.PropertyChange{{Name: "lockdownMode", Val: req.Mode}})
	for _, host := range m.hosts(ctx) {
		if *host.ConfigManager.HostAccessManager == req.This {
			host.Config.LockdownMode = req.Mode
			host.Config.AdminDisabled = types.NewBool(req.Mode != types.HostLockdownModeLockdownDisabled)
		}
	}
	body.Res = new(types.ChangeLockdownModeResponse)
	return body
}
