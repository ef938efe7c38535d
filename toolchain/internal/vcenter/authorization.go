package vcenter

import (
	"cmp"
	"slices"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// authorization are the methods of AuthorizationManager. Permissions are kept; they are not enforced.
type authorization struct {
	*methods
	privileges map[string]bool
	granted    map[ref][]types.Permission
	nextRole   int32
}

// systemPrivileges are part of every role.
var systemPrivileges = []string{"System.Anonymous", "System.Read", "System.View"}

func newAuthorization(base *methods, registry *simulator.Registry) *authorization {
	a := &authorization{methods: base, privileges: map[string]bool{}, granted: map[ref][]types.Permission{}, nextRole: 1000}
	native := registry.Get(types.ManagedObjectReference{
		Type: "AuthorizationManager", Value: "AuthorizationManager",
	}).(*simulator.AuthorizationManager)
	for i, role := range native.RoleList {
		native.RoleList[i].System = true
		if role.Name == "Admin" {
			for _, privilege := range role.Privilege {
				a.privileges[privilege] = true
			}
		}
	}
	root := types.ManagedObjectReference{Type: "Folder", Value: "group-d1"}
	a.granted[root] = []types.Permission{{
		Entity: &root, Principal: `VSPHERE.LOCAL\Administrators`, Group: true, RoleId: -1, Propagate: true,
	}}
	return a
}

func (a *authorization) native(ctx *simulator.Context) *simulator.AuthorizationManager {
	manager, _ := get[*simulator.AuthorizationManager](ctx, ref{Type: "AuthorizationManager", Value: "AuthorizationManager"})
	return manager
}

func (a *authorization) setRoles(ctx *simulator.Context, roles []types.AuthorizationRole) {
	ctx.Update(a.native(ctx), []types.PropertyChange{{Name: "roleList", Val: roles}})
}

// complete checks privileges and adds those every role has.
func (a *authorization) complete(ids []string) ([]string, fault) {
	for _, id := range ids {
		if !a.privileges[id] {
			return nil, invalid("privIds")
		}
	}
	list := slices.Concat(ids, systemPrivileges)
	slices.Sort(list)
	return slices.Compact(list), nil
}

// AddAuthorizationRole makes a role and answers with its id.
func (a *authorization) AddAuthorizationRole(ctx *simulator.Context, req *types.AddAuthorizationRole) soap.HasFault {
	body := new(soapmethods.AddAuthorizationRoleBody)
	roles := a.native(ctx).RoleList
	if slices.ContainsFunc(roles, func(r types.AuthorizationRole) bool { return r.Name == req.Name }) {
		body.Fault_ = simulator.Fault("", &types.AlreadyExists{Name: req.Name})
		return body
	}
	privileges, failure := a.complete(req.PrivIds)
	if failure != nil {
		body.Fault_ = simulator.Fault("", failure)
		return body
	}
	a.nextRole++
	a.setRoles(ctx, append(slices.Clone(roles), types.AuthorizationRole{
		RoleId: a.nextRole, Name: req.Name, Privilege: privileges,
		Info: &types.Description{Label: req.Name, Summary: req.Name},
	}))
	body.Res = &types.AddAuthorizationRoleResponse{Returnval: a.nextRole}
	return body
}

// UpdateAuthorizationRole renames a role and replaces its privileges.
func (a *authorization) UpdateAuthorizationRole(ctx *simulator.Context, req *types.UpdateAuthorizationRole) soap.HasFault {
	body := new(soapmethods.UpdateAuthorizationRoleBody)
	roles := slices.Clone(a.native(ctx).RoleList)
	at := slices.IndexFunc(roles, func(r types.AuthorizationRole) bool { return r.RoleId == req.RoleId })
	twin := slices.IndexFunc(roles, func(r types.AuthorizationRole) bool { return r.Name == req.NewName })
	privileges, failure := a.complete(req.PrivIds)
	switch {
	case at < 0:
		failure = new(types.NotFound)
	case roles[at].System:
		failure = invalid("roleId")
	case twin >= 0 && twin != at:
		failure = &types.AlreadyExists{Name: req.NewName}
	}
	if failure != nil {
		body.Fault_ = simulator.Fault("", failure)
		return body
	}
	roles[at].Name, roles[at].Privilege = req.NewName, privileges
	roles[at].Info = &types.Description{Label: req.NewName, Summary: req.NewName}
	a.setRoles(ctx, roles)
	body.Res = new(types.UpdateAuthorizationRoleResponse)
	return body
}

// RemoveAuthorizationRole deletes a role, with the permissions that grant it unless that is to fail.
func (a *authorization) RemoveAuthorizationRole(ctx *simulator.Context, req *types.RemoveAuthorizationRole) soap.HasFault {
	body := new(soapmethods.RemoveAuthorizationRoleBody)
	roles := slices.Clone(a.native(ctx).RoleList)
	at := slices.IndexFunc(roles, func(r types.AuthorizationRole) bool { return r.RoleId == req.RoleId })
	grants := func(p types.Permission) bool { return p.RoleId == req.RoleId }
	var failure fault
	switch {
	case at < 0:
		failure = new(types.NotFound)
	case roles[at].System:
		failure = invalid("roleId")
	case req.FailIfUsed && slices.ContainsFunc(a.everything(), grants):
		failure = &types.ResourceInUse{Type: "AuthorizationRole", Name: roles[at].Name}
	}
	if failure != nil {
		body.Fault_ = simulator.Fault("", failure)
		return body
	}
	for entity, list := range a.granted {
		a.grant(entity, slices.DeleteFunc(slices.Clone(list), grants))
	}
	a.setRoles(ctx, slices.Delete(roles, at, at+1))
	body.Res = new(types.RemoveAuthorizationRoleResponse)
	return body
}

func (a *authorization) grant(entity ref, list []types.Permission) {
	if len(list) == 0 {
		delete(a.granted, entity)
		return
	}
	a.granted[entity] = list
}

// everything is all permissions, in a stable order.
func (a *authorization) everything() []types.Permission {
	var list []types.Permission
	for _, permissions := range a.granted {
		list = append(list, permissions...)
	}
	slices.SortFunc(list, func(x, y types.Permission) int {
		return cmp.Or(cmp.Compare(x.Entity.Value, y.Entity.Value), cmp.Compare(x.Principal, y.Principal))
	})
	return list
}

// check refuses permissions on what does not exist, or of a role that does not.
func (a *authorization) check(ctx *simulator.Context, entity ref, list []types.Permission) fault {
	if _, ok := ctx.Map.Get(entity).(mo.Entity); !ok {
		return missing(entity)
	}
	for _, p := range list {
		known := slices.ContainsFunc(a.native(ctx).RoleList, func(r types.AuthorizationRole) bool { return r.RoleId == p.RoleId })
		if !known {
			return new(types.NotFound)
		}
		if p.Principal == "" {
			return &types.UserNotFound{Principal: p.Principal}
		}
	}
	return nil
}
