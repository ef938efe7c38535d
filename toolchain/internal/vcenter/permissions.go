package vcenter

import (
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// samePrincipal tells whether two permissions are about the same user or group; names have no case.
func samePrincipal(p types.Permission, name string, group bool) bool {
	return p.Group == group && strings.EqualFold(p.Principal, name)
}

// SetEntityPermissions adds permissions to an entity, or changes those of the same principals.
func (a *authorization) SetEntityPermissions(ctx *simulator.Context, req *types.SetEntityPermissions) soap.HasFault {
	if failure := a.check(ctx, req.Entity, req.Permission); failure != nil {
		return &soapmethods.SetEntityPermissionsBody{Fault_: simulator.Fault("", failure)}
	}
	a.upsert(req.Entity, a.granted[req.Entity], req.Permission)
	return &soapmethods.SetEntityPermissionsBody{Res: new(types.SetEntityPermissionsResponse)}
}

// ResetEntityPermissions replaces the permissions of an entity.
func (a *authorization) ResetEntityPermissions(ctx *simulator.Context, req *types.ResetEntityPermissions) soap.HasFault {
	if failure := a.check(ctx, req.Entity, req.Permission); failure != nil {
		return &soapmethods.ResetEntityPermissionsBody{Fault_: simulator.Fault("", failure)}
	}
	a.upsert(req.Entity, nil, req.Permission)
	return &soapmethods.ResetEntityPermissionsBody{Res: new(types.ResetEntityPermissionsResponse)}
}

func (a *authorization) upsert(entity ref, current, changes []types.Permission) {
	list := slices.Clone(current)
	for _, p := range changes {
		p.Entity = &entity
		list = slices.DeleteFunc(list, func(old types.Permission) bool { return samePrincipal(old, p.Principal, p.Group) })
		list = append(list, p)
	}
	a.grant(entity, list)
}

// RemoveEntityPermission takes the permission of one principal away.
func (a *authorization) RemoveEntityPermission(ctx *simulator.Context, req *types.RemoveEntityPermission) soap.HasFault {
	body := new(soapmethods.RemoveEntityPermissionBody)
	matches := func(p types.Permission) bool { return samePrincipal(p, req.User, req.IsGroup) }
	if !slices.ContainsFunc(a.granted[req.Entity], matches) {
		body.Fault_ = simulator.Fault("", new(types.NotFound))
		return body
	}
	a.grant(req.Entity, slices.DeleteFunc(slices.Clone(a.granted[req.Entity]), matches))
	body.Res = new(types.RemoveEntityPermissionResponse)
	return body
}

// RetrieveEntityPermissions are those of an entity and, when asked, those it inherits.
func (a *authorization) RetrieveEntityPermissions(ctx *simulator.Context, req *types.RetrieveEntityPermissions) soap.HasFault {
	entity, ok := ctx.Map.Get(req.Entity).(mo.Entity)
	if !ok {
		return &soapmethods.RetrieveEntityPermissionsBody{Fault_: simulator.Fault("", missing(req.Entity))}
	}
	list := slices.Clone(a.granted[req.Entity])
	for ok && req.Inherited && entity.Entity().Parent != nil {
		above := *entity.Entity().Parent
		for _, p := range a.granted[above] {
			if p.Propagate {
				list = append(list, p)
			}
		}
		entity, ok = ctx.Map.Get(above).(mo.Entity)
	}
	return &soapmethods.RetrieveEntityPermissionsBody{Res: &types.RetrieveEntityPermissionsResponse{Returnval: list}}
}

// RetrieveAllPermissions are those of the whole vCenter.
func (a *authorization) RetrieveAllPermissions(*simulator.Context, *types.RetrieveAllPermissions) soap.HasFault {
	return &soapmethods.RetrieveAllPermissionsBody{Res: &types.RetrieveAllPermissionsResponse{Returnval: a.everything()}}
}

// RetrieveRolePermissions are those that grant a role.
func (a *authorization) RetrieveRolePermissions(ctx *simulator.Context, req *types.RetrieveRolePermissions) soap.HasFault {
	list := slices.DeleteFunc(a.everything(), func(p types.Permission) bool { return p.RoleId != req.RoleId })
	return &soapmethods.RetrieveRolePermissionsBody{Res: &types.RetrieveRolePermissionsResponse{Returnval: list}}
}

// removed forgets the permissions of an object that is gone.
func (a *authorization) removed(r ref) { delete(a.granted, r) }
