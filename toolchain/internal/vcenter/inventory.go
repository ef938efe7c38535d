package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// get returns the object of a reference when it exists and has that Go type.
func get[T any](ctx *simulator.Context, r ref) (T, bool) {
	object, ok := ctx.Map.Get(r).(T)
	return object, ok
}

// all returns the existing objects of the references, skipping those of other types.
func all[T any](ctx *simulator.Context, list []ref) []T {
	var found []T
	for _, r := range list {
		if object, ok := get[T](ctx, r); ok {
			found = append(found, object)
		}
	}
	return found
}

func entityName(ctx *simulator.Context, r ref) string {
	switch e := ctx.Map.Get(r).(type) {
	case *mo.Network:
		return e.Name
	case *simulator.DistributedVirtualSwitch:
		return e.Name
	case *simulator.DistributedVirtualPortgroup:
		return e.Name
	case mo.Entity:
		return e.Entity().Name
	}
	return ""
}

// named returns the reference among the list whose object has that name.
func named(ctx *simulator.Context, name string, list []ref) (ref, bool) {
	i := slices.IndexFunc(list, func(r ref) bool { return entityName(ctx, r) == name })
	if i < 0 {
		return ref{}, false
	}
	return list[i], true
}

// ancestor returns the nearest object above r that has that Go type.
func ancestor[T any](ctx *simulator.Context, r ref) (T, bool) {
	for {
		if object, ok := get[T](ctx, r); ok {
			return object, true
		}
		entity, ok := ctx.Map.Get(r).(mo.Entity)
		if !ok || entity.Entity().Parent == nil {
			var none T
			return none, false
		}
		r = *entity.Entity().Parent
	}
}

func datacenterOf(ctx *simulator.Context, r ref) (*simulator.Datacenter, bool) {
	return ancestor[*simulator.Datacenter](ctx, r)
}

// computeOf returns the cluster or standalone compute resource at or above r.
func computeOf(ctx *simulator.Context, r ref) (*mo.ComputeResource, bool) {
	if cluster, ok := clusterOf(ctx, r); ok {
		return &cluster.ComputeResource, true
	}
	return ancestor[*mo.ComputeResource](ctx, r)
}

func clusterOf(ctx *simulator.Context, r ref) (*simulator.ClusterComputeResource, bool) {
	return ancestor[*simulator.ClusterComputeResource](ctx, r)
}

// parentFolder returns the folder that holds r.
func parentFolder(ctx *simulator.Context, r ref) (*simulator.Folder, bool) {
	entity, ok := ctx.Map.Get(r).(mo.Entity)
	if !ok || entity.Entity().Parent == nil {
		return nil, false
	}
	return get[*simulator.Folder](ctx, *entity.Entity().Parent)
}

// putChild adds an object to a folder and to the inventory; the folder first, as views expect.
func putChild(ctx *simulator.Context, folder *simulator.Folder, object mo.Entity) {
	ctx.Map.NewEntity(object)
	folder.ChildEntity = append(folder.ChildEntity, object.Reference())
	ctx.Map.PutEntity(folder, object)
	ctx.Update(folder, []types.PropertyChange{{Name: "childEntity", Val: folder.ChildEntity}})
}

// dropChild removes an object from its folder and from the inventory.
func dropChild(ctx *simulator.Context, r ref) {
	if folder, ok := parentFolder(ctx, r); ok {
		drop(&folder.ChildEntity, r)
		ctx.Update(folder, []types.PropertyChange{{Name: "childEntity", Val: folder.ChildEntity}})
	}
	ctx.Map.Remove(ctx, r)
}

// drop removes r from a list; the list gets an array of its own, as the simulator shares some between objects.
func drop(list *[]ref, r ref) {
	kept := make([]ref, 0, len(*list))
	for _, item := range *list {
		if item != r {
			kept = append(kept, item)
		}
	}
	*list = kept
}

// add appends r to a list unless it is there.
func add(list *[]ref, r ref) {
	if !slices.Contains(*list, r) {
		*list = append(slices.Clone(*list), r)
	}
}
