package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// switchManagerMethods are those of DistributedVirtualSwitchManager.
type switchManagerMethods struct{ *methods }

// QueryDvsByUuid finds a switch.
func (m *switchManagerMethods) QueryDvsByUuid(ctx *simulator.Context, req *types.QueryDvsByUuid) soap.HasFault {
	dvs := switchByUUID(ctx, req.Uuid)
	if dvs == nil {
		return &soapmethods.QueryDvsByUuidBody{Fault_: simulator.Fault("", new(types.NotFound))}
	}
	return &soapmethods.QueryDvsByUuidBody{Res: &types.QueryDvsByUuidResponse{Returnval: &dvs.Self}}
}

// DVSManagerLookupDvPortGroup finds a port group of a switch by its key.
func (m *switchManagerMethods) DVSManagerLookupDvPortGroup(ctx *simulator.Context, req *types.DVSManagerLookupDvPortGroup) soap.HasFault {
	body := new(soapmethods.DVSManagerLookupDvPortGroupBody)
	if dvs := switchByUUID(ctx, req.SwitchUuid); dvs != nil {
		for _, group := range all[*simulator.DistributedVirtualPortgroup](ctx, dvs.Portgroup) {
			if group.Key == req.PortgroupKey {
				body.Res = &types.DVSManagerLookupDvPortGroupResponse{Returnval: &group.Self}
				return body
			}
		}
	}
	body.Fault_ = simulator.Fault("", new(types.NotFound))
	return body
}
