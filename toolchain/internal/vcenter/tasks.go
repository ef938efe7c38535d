package vcenter

import (
	"fmt"
	"log"
	"reflect"
	"runtime/debug"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

type (
	ref   = types.ManagedObjectReference
	fault = types.BaseMethodFault
)

// start runs work as a task about an entity and returns the task; a panic in it becomes the task's fault.
func (v *VCenter) start(ctx *simulator.Context, entity ref, name string, work func() (types.AnyType, fault)) ref {
	about := entity
	if folder, ok := parentFolder(ctx, entity); ok && entity.Type == switchKind {
		// The simulator notes the task in its entity, and cannot update an object of this type (see publishSwitch).
		about = folder.Self
	}
	task := simulator.CreateTask(about, name, func(t *simulator.Task) (result types.AnyType, failure fault) {
		t.Info.Entity = &entity
		defer func() {
			if p := recover(); p != nil {
				log.Printf("%s of %s: %v\n%s", name, entity.Value, p, debug.Stack())
				result, failure = nil, &types.SystemError{Reason: fmt.Sprint(p)}
			}
		}()
		return work()
	})
	if name := entityName(ctx, entity); name != "" {
		task.Info.EntityName = name
	}
	return task.Run(ctx)
}

// finish waits for the task that a simulator method answered with.
func (v *VCenter) finish(ctx *simulator.Context, answer soap.HasFault) (types.AnyType, fault) {
	if f := answer.Fault(); f != nil {
		return nil, f.VimFault().(types.BaseMethodFault)
	}
	id := reflect.ValueOf(answer).Elem().FieldByName("Res").Elem().FieldByName("Returnval").Interface().(ref)
	v.gate.await(id)
	task := ctx.Map.Get(id).(*simulator.Task)
	if task.Info.Error != nil {
		return nil, task.Info.Error.Fault
	}
	return task.Info.Result, nil
}

func invalid(property string) fault { return &types.InvalidArgument{InvalidProperty: property} }

func missing(r ref) fault { return &types.ManagedObjectNotFound{Obj: r} }

func pointer[T any](value T) *T { return &value }

func yes(b *bool) bool { return b != nil && *b }
