package vcenter

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/vmware/govmomi"
	faults "github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/vim25/types"
)

func TestOtherCredentialsAreRefused(t *testing.T) {
	l := empty(t)
	u, err := url.Parse(l.vc.URL())
	l.ok(err)
	for _, user := range []*url.Userinfo{url.UserPassword(testUser, "wrong"), url.UserPassword("root", testPassword)} {
		u.User = user
		_, err = govmomi.NewClient(l.ctx, u, true)
		var want *types.InvalidLogin
		if _, ok := faults.As(err, &want); !ok {
			t.Errorf("vim login as %s: %v", user.Username(), err)
		}
		if err := rest.NewClient(l.client.Client).Login(l.ctx, user); err == nil {
			t.Errorf("rest login as %s", user.Username())
		}
	}
	for path, method := range map[string]string{"/rest/com/vmware/cis/tagging/tag": http.MethodGet, "/api": http.MethodPost, "/folder/x": http.MethodGet} {
		request, err := http.NewRequestWithContext(l.ctx, method, "https://"+u.Host+path, nil)
		l.ok(err)
		answer, err := l.client.Client.Client.Transport.RoundTrip(request)
		l.ok(err)
		_ = answer.Body.Close()
		if answer.StatusCode < 400 {
			t.Errorf("%s answers %d without a login", path, answer.StatusCode)
		}
	}
}

func TestRolesAreKept(t *testing.T) {
	l := furnished(t, 1)
	m := object.NewAuthorizationManager(l.client.Client)
	before, err := m.RoleList(l.ctx)
	l.ok(err)
	first, err := m.AddRole(l.ctx, "operator", []string{"VirtualMachine.Interact.PowerOn", "VirtualMachine.Interact.PowerOff"})
	l.ok(err)
	second, err := m.AddRole(l.ctx, "auditor", []string{"Global.Diagnostics"})
	l.ok(err)
	if first == second || first <= 0 {
		t.Fatalf("ids %d and %d", first, second)
	}
	_, err = m.AddRole(l.ctx, "operator", nil)
	refused[*types.AlreadyExists](l, nil, err)
	_, err = m.AddRole(l.ctx, "wizard", []string{"Magic.Do"})
	refused[*types.InvalidArgument](l, nil, err)
	l.ok(m.UpdateRole(l.ctx, first, "operators", []string{"Datastore.Browse"}))
	refused[*types.InvalidArgument](l, nil, m.UpdateRole(l.ctx, -1, "Admin", nil))
	refused[*types.InvalidArgument](l, nil, m.RemoveRole(l.ctx, -1, false))

	list, err := m.RoleList(l.ctx)
	l.ok(err)
	role := list.ByName("operators")
	same(l, "id", role.RoleId, first)
	same(l, "privilege", slices.Contains(role.Privilege, "Datastore.Browse"), true)
	same(l, "old privilege", slices.Contains(role.Privilege, "VirtualMachine.Interact.PowerOn"), false)
	same(l, "system", list.ByName("Admin").System, true)

	entity := l.datacenter.Reference()
	l.ok(m.SetEntityPermissions(l.ctx, entity, []types.Permission{{Principal: `VSPHERE.LOCAL\ops`, Group: true, RoleId: first}}))
	refused[*types.ResourceInUse](l, nil, m.RemoveRole(l.ctx, first, true))
	l.ok(m.RemoveRole(l.ctx, first, false))
	l.ok(m.RemoveRole(l.ctx, second, true))
	after, err := m.RoleList(l.ctx)
	l.ok(err)
	same(l, "roles", len(after), len(before))
	permissions, err := m.RetrieveEntityPermissions(l.ctx, entity, false)
	l.ok(err)
	same(l, "permissions", len(permissions), 0)
}

func TestPermissionsAreKept(t *testing.T) {
	l := furnished(t, 1)
	m := object.NewAuthorizationManager(l.client.Client)
	folder, err := l.folders.VmFolder.CreateFolder(l.ctx, "services")
	l.ok(err)
	entity := folder.Reference()
	user, group := `VSPHERE.LOCAL\alice`, `VSPHERE.LOCAL\ops`
	l.ok(m.SetEntityPermissions(l.ctx, entity, []types.Permission{
		{Principal: user, RoleId: -2, Propagate: true}, {Principal: group, Group: true, RoleId: -1},
	}))
	l.ok(m.SetEntityPermissions(l.ctx, entity, []types.Permission{{Principal: user, RoleId: -1}}))
	list, err := m.RetrieveEntityPermissions(l.ctx, entity, false)
	l.ok(err)
	same(l, "permissions", len(list), 2)
	for _, p := range list {
		same(l, "entity", *p.Entity, entity)
		same(l, "group", p.Group, p.Principal == group)
		same(l, "role", p.RoleId, -1)
		same(l, "propagate", p.Propagate, false)
	}
	inherited, err := m.RetrieveEntityPermissions(l.ctx, entity, true)
	l.ok(err)
	same(l, "with the root's", len(inherited), 3)
	l.ok(m.RemoveEntityPermission(l.ctx, entity, user, false))
	refused[*types.NotFound](l, nil, m.RemoveEntityPermission(l.ctx, entity, user, false))
	l.result(l.destroy(entity))
	all, err := m.RetrieveAllPermissions(l.ctx)
	l.ok(err)
	same(l, "left", len(all), 1)
}

func TestTagsAreKept(t *testing.T) {
	l := furnished(t, 2)
	client := rest.NewClient(l.client.Client)
	l.ok(client.Login(l.ctx, url.UserPassword(testUser, testPassword)))
	m := tags.NewManager(client)
	category, err := m.CreateCategory(l.ctx, &tags.Category{
		Name: "service", Description: "what it serves", Cardinality: "SINGLE", AssociableTypes: []string{"VirtualMachine"},
	})
	l.ok(err)
	everything, err := m.CreateCategory(l.ctx, &tags.Category{Name: "any", Cardinality: "MULTIPLE"})
	l.ok(err)
	l.ok(m.UpdateCategory(l.ctx, &tags.Category{
		ID: category, Name: "service", Description: "changed", AssociableTypes: []string{"VirtualMachine", "Folder"},
	}))
	kept, err := m.GetCategory(l.ctx, category)
	l.ok(err)
	same(l, "description", kept.Description, "changed")
	same(l, "types", len(kept.AssociableTypes), 2)
	same(l, "cardinality", kept.Cardinality, "SINGLE")

	water, err := m.CreateTag(l.ctx, &tags.Tag{Name: "water", CategoryID: category})
	l.ok(err)
	roads, err := m.CreateTag(l.ctx, &tags.Tag{Name: "roads", CategoryID: category})
	l.ok(err)
	free, err := m.CreateTag(l.ctx, &tags.Tag{Name: "free", CategoryID: everything})
	l.ok(err)
	l.ok(m.UpdateTag(l.ctx, &tags.Tag{ID: water, Name: "waters", Description: "drinking water"}))
	tag, err := m.GetTag(l.ctx, water)
	l.ok(err)
	same(l, "tag", tag.Name+": "+tag.Description, "waters: drinking water")

	vm := l.clone("guest")
	l.ok(m.AttachTag(l.ctx, water, vm))
	l.ok(m.AttachTag(l.ctx, water, vm))
	if m.AttachTag(l.ctx, roads, vm) == nil {
		t.Error("two tags of a single category")
	}
	if m.AttachTag(l.ctx, water, l.cluster) == nil {
		t.Error("a tag on a type it is not for")
	}
	for _, object := range []types.ManagedObjectReference{
		l.datacenter.Reference(), l.cluster.Reference(), l.hosts[0].Reference(), l.dvs.Reference(), l.store(),
		l.folders.VmFolder.Reference(),
	} {
		l.ok(m.AttachTag(l.ctx, free, object))
		attached, err := m.ListAttachedTags(l.ctx, object)
		l.ok(err)
		same(l, "tags of "+object.Type, len(attached), 1)
	}
	l.result(vm.PowerOff(l.ctx))
	l.result(vm.Destroy(l.ctx))
	objects, err := m.ListAttachedObjects(l.ctx, water)
	l.ok(err)
	same(l, "objects left", len(objects), 0)
	if m.AttachTag(l.ctx, water, vm) == nil {
		t.Error("a tag on what is gone")
	}
}
