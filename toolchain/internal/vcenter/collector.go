package vcenter

import (
	"time"

	"github.com/vmware/govmomi/simulator"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// longestWait bounds a wait for updates without a limit of its own: the client may be gone.
const longestWait = 30 * time.Minute

// collectorMethods waits for updates outside the gate, so that a waiting client holds nobody up.
type collectorMethods struct {
	*methods
	cancelled map[string]bool // by property collector, since its wait began
}

func (c *collectorMethods) collector(ctx *simulator.Context, r ref) *simulator.PropertyCollector {
	pc, _ := ctx.Session.Get(r).(*simulator.PropertyCollector)
	return pc
}

// WaitForUpdatesEx looks again whenever something changed, until there is something to tell.
func (c *collectorMethods) WaitForUpdatesEx(ctx *simulator.Context, req *types.WaitForUpdatesEx) soap.HasFault {
	patience := longestWait
	if req.Options != nil && req.Options.MaxWaitSeconds != nil {
		patience = time.Duration(*req.Options.MaxWaitSeconds) * time.Second
	}
	deadline := time.Now().Add(patience)
	once := *req
	once.Options = &types.WaitOptions{MaxWaitSeconds: pointer(int32(0))}
	if req.Options != nil {
		once.Options.MaxObjectUpdates = req.Options.MaxObjectUpdates
	}
	id := req.This.Value
	delete(c.cancelled, id)
	for {
		pc := c.collector(ctx, req.This)
		if pc == nil || c.cancelled[id] || c.gate.closed() {
			return &soapmethods.WaitForUpdatesExBody{Fault_: simulator.Fault("", new(types.RequestCanceled))}
		}
		seen := c.gate.seen()
		answer := pc.WaitForUpdatesEx(ctx, &once).(*soapmethods.WaitForUpdatesExBody)
		left := time.Until(deadline)
		if answer.Fault_ != nil || answer.Res.Returnval != nil || left <= 0 {
			return answer
		}
		c.gate.outside(seen, left)
	}
}

// WaitForUpdates is the older form, without a limit.
func (c *collectorMethods) WaitForUpdates(ctx *simulator.Context, req *types.WaitForUpdates) soap.HasFault {
	answer := c.WaitForUpdatesEx(ctx, &types.WaitForUpdatesEx{This: req.This, Version: req.Version})
	ex := answer.(*soapmethods.WaitForUpdatesExBody)
	if ex.Fault_ != nil {
		return &soapmethods.WaitForUpdatesBody{Fault_: ex.Fault_}
	}
	set := types.UpdateSet{Version: req.Version}
	if ex.Res.Returnval != nil {
		set = *ex.Res.Returnval
	}
	return &soapmethods.WaitForUpdatesBody{Res: &types.WaitForUpdatesResponse{Returnval: set}}
}

// CancelWaitForUpdates ends a wait of the same collector.
func (c *collectorMethods) CancelWaitForUpdates(_ *simulator.Context, req *types.CancelWaitForUpdates) soap.HasFault {
	c.cancelled[req.This.Value] = true
	c.gate.touch()
	return &soapmethods.CancelWaitForUpdatesBody{Res: new(types.CancelWaitForUpdatesResponse)}
}
