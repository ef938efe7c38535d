package vcenter

import (
	"strings"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// poolMethods are those of ResourcePool.
type poolMethods struct{ *methods }

// The shares of a resource pool at the level "normal".
const (
	poolCPUShares    = 4000
	poolMemoryShares = 163_840
)

// CreateResourcePool makes a child pool with all of the specification.
func (m *poolMethods) CreateResourcePool(ctx *simulator.Context, req *types.CreateResourcePool) soap.HasFault {
	pool, _ := get[*simulator.ResourcePool](ctx, req.This)
	answer := pool.CreateResourcePool(ctx, req).(*soapmethods.CreateResourcePoolBody)
	if answer.Fault_ == nil {
		child, _ := get[*simulator.ResourcePool](ctx, answer.Res.Returnval)
		child.ResourcePool.ResourcePool = nil
		child.Vm = nil
		config := types.ResourceConfigSpec{
			Entity: &child.Self, CpuAllocation: req.Spec.CpuAllocation, MemoryAllocation: req.Spec.MemoryAllocation,
			ScaleDescendantsShares: req.Spec.ScaleDescendantsShares,
		}
		if config.ScaleDescendantsShares == "" {
			config.ScaleDescendantsShares = string(types.ResourceConfigSpecScaleSharesBehaviorDisabled)
		}
		m.publishPool(ctx, child, config)
	}
	return answer
}

// UpdateConfig renames a pool or changes what it may use.
func (m *poolMethods) UpdateConfig(ctx *simulator.Context, req *types.UpdateConfig) soap.HasFault {
	body := new(soapmethods.UpdateConfigBody)
	pool, _ := get[*simulator.ResourcePool](ctx, req.This)
	parent, child := get[*simulator.ResourcePool](ctx, *pool.Parent)
	if req.Name != "" && req.Name != pool.Name {
		if !child {
			body.Fault_ = simulator.Fault("", new(types.NotSupported))
			return body
		}
		if other, taken := named(ctx, req.Name, parent.ResourcePool.ResourcePool); taken {
			body.Fault_ = simulator.Fault("", &types.DuplicateName{Name: req.Name, Object: other})
			return body
		}
		ctx.Update(pool, []types.PropertyChange{{Name: "name", Val: req.Name}})
	}
	if req.Config != nil {
		next := pool.Config
		merge(&next, req.Config)
		next.Entity = &pool.Self
		for property, allocation := range map[string]types.ResourceAllocationInfo{
			"spec.cpuAllocation": next.CpuAllocation, "spec.memoryAllocation": next.MemoryAllocation,
		} {
			if value(allocation.Reservation) < 0 || value(allocation.Limit) < -1 {
				body.Fault_ = simulator.Fault("", invalid(property))
				return body
			}
		}
		m.publishPool(ctx, pool, next)
	}
	body.Res = new(types.UpdateConfigResponse)
	return body
}

func (v *VCenter) publishPool(ctx *simulator.Context, pool *simulator.ResourcePool, config types.ResourceConfigSpec) {
	allot(&config.CpuAllocation, poolCPUShares)
	allot(&config.MemoryAllocation, poolMemoryShares)
	summary := *pool.Summary.GetResourcePoolSummary()
	summary.Name, summary.Config = pool.Name, config
	ctx.Update(pool, []types.PropertyChange{{Name: "config", Val: config}, {Name: "summary", Val: &summary}})
}

// RenameTask renames a pool.
func (m *poolMethods) RenameTask(ctx *simulator.Context, req *types.Rename_Task) soap.HasFault {
	task := m.start(ctx, req.This, "RenameTask", func() (types.AnyType, fault) {
		answer := m.UpdateConfig(ctx, &types.UpdateConfig{This: req.This, Name: req.NewName})
		if f := answer.Fault(); f != nil {
			return nil, f.VimFault().(types.BaseMethodFault)
		}
		return nil, nil
	})
	return &soapmethods.Rename_TaskBody{Res: &types.Rename_TaskResponse{Returnval: task}}
}

// MoveIntoResourcePool takes virtual machines and pools of the same cluster into a pool.
func (m *poolMethods) MoveIntoResourcePool(ctx *simulator.Context, req *types.MoveIntoResourcePool) soap.HasFault {
	body := new(soapmethods.MoveIntoResourcePoolBody)
	pool, _ := get[*simulator.ResourcePool](ctx, req.This)
	for _, r := range req.List {
		switch object := ctx.Map.Get(r).(type) {
		case *simulator.VirtualMachine:
			if home, ok := computeOf(ctx, *object.Runtime.Host); !ok || home.Self != pool.Owner {
				body.Fault_ = simulator.Fault("", invalid("list"))
				return body
			}
			m.enlist(ctx, object, pool.Self)
		case *simulator.ResourcePool:
			parent, ok := get[*simulator.ResourcePool](ctx, *object.Parent)
			if !ok || object.Owner != pool.Owner || within(ctx, pool.Self, object.Self) {
				body.Fault_ = simulator.Fault("", invalid("list"))
				return body
			}
			drop(&parent.ResourcePool.ResourcePool, r)
			add(&pool.ResourcePool.ResourcePool, r)
			object.Parent = &pool.Self
		default:
			body.Fault_ = simulator.Fault("", missing(r))
			return body
		}
	}
	body.Res = new(types.MoveIntoResourcePoolResponse)
	return body
}

// within tells whether a pool is another one, or somewhere below it.
func within(ctx *simulator.Context, r, above ref) bool {
	for strings.HasPrefix(r.Type, "ResourcePool") {
		if r == above {
			return true
		}
		pool, ok := get[*simulator.ResourcePool](ctx, r)
		if !ok {
			return false
		}
		r = *pool.Parent
	}
	return false
}
