package vcenter

import (
	"bytes"
	"io"
	"log"
	"maps"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

type refs = map[types.ManagedObjectReference]struct{}

// gate lets one request at a time into the simulator, and the next one only when every task the last one started has
// ended. The simulator's own locks are per object and leave read-modify-write races between objects open; with the
// gate nothing is ever seen half done, and no client's update is lost.
type gate struct {
	entry sync.Mutex // held by the request inside

	mu      sync.Mutex
	changed *sync.Cond // a task ended, or an object changed
	running refs       // tasks not ended yet
	version uint64     // counts changes
	shut    bool       // the server ends: nobody may wait any more

	removed func(types.ManagedObjectReference) // told of each object that goes
}

func newGate(removed func(types.ManagedObjectReference)) *gate {
	g := &gate{running: refs{}, removed: removed}
	g.changed = sync.NewCond(&g.mu)
	return g
}

func (g *gate) enter() { g.entry.Lock() }

func (g *gate) leave() {
	g.mu.Lock()
	for len(g.running) > 0 {
		g.changed.Wait()
	}
	g.mu.Unlock()
	g.entry.Unlock()
}

// await blocks the request or task inside until the given task, started by itself, has ended.
func (g *gate) await(task types.ManagedObjectReference) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		if _, ok := g.running[task]; !ok {
			return
		}
		g.changed.Wait()
	}
}

// tasks are those running now.
func (g *gate) tasks() refs {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.running)
}

// settle blocks the task inside until no task runs but those given.
func (g *gate) settle(but refs) {
	g.mu.Lock()
	defer g.mu.Unlock()
	others := func() bool {
		for task := range g.running {
			if _, ok := but[task]; !ok {
				return true
			}
		}
		return false
	}
	for others() {
		g.changed.Wait()
	}
}

// outside lets other requests in until something changes after the version seen, or patience ends.
func (g *gate) outside(seen uint64, patience time.Duration) {
	g.leave()
	defer g.enter()
	timer := time.AfterFunc(patience, g.touch)
	defer timer.Stop()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.version == seen {
		g.changed.Wait()
	}
}

func (g *gate) seen() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.version
}

// close ends every wait for updates.
func (g *gate) close() {
	g.mu.Lock()
	g.shut = true
	g.mu.Unlock()
	g.touch()
}

func (g *gate) closed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut
}

func (g *gate) touch() {
	g.mu.Lock()
	g.version++
	g.changed.Broadcast()
	g.mu.Unlock()
}

func (g *gate) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Whole before it enters: a client that stops halfway must not keep everybody else out.
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		g.enter()
		defer g.leave()
		defer func() {
			if p := recover(); p != nil {
				// The simulator leaves its locks held: whoever needs them next would wait for ever, with the gate shut.
				log.Printf("%s %s: %v\n%s", r.Method, r.URL.Path, p, debug.Stack())
				os.Exit(exitBroken)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// maxRequest is how many bytes a request may have: far more than the largest configuration of a virtual machine.
const maxRequest = 64 << 20

// exitBroken is the exit code of a vCenter that cannot go on; sysexits calls it an internal software error.
const exitBroken = 70

// Reference makes the gate a simulator.RegisterObject: it is told of every object created, updated and removed.
func (g *gate) Reference() types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "MetropoleGate", Value: "gate"}
}

// PutObject notes a task that starts, and completes a new virtual machine.
func (g *gate) PutObject(_ *simulator.Context, o mo.Reference) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch object := o.(type) {
	case *simulator.Task:
		if object.Execute != nil { // else a client made it, and ends it when it likes
			g.running[object.Self] = struct{}{}
		}
	case *simulator.VirtualMachine:
		// Required, and left out by the simulator: strict clients cannot read runtime or summary without it.
		for _, runtime := range []*types.VirtualMachineRuntimeInfo{&object.Runtime, &object.Summary.Runtime} {
			runtime.FaultToleranceState = types.VirtualMachineFaultToleranceStateNotConfigured
			runtime.RecordReplayState = types.VirtualMachineRecordReplayStateInactive
		}
	}
	g.version++
	g.changed.Broadcast()
}

// UpdateObject notes a task that ends.
func (g *gate) UpdateObject(_ *simulator.Context, o mo.Reference, _ []types.PropertyChange) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if task, ok := o.(*mo.Task); ok {
		switch task.Info.State {
		case types.TaskInfoStateSuccess, types.TaskInfoStateError:
			delete(g.running, task.Self)
		}
	}
	g.version++
	g.changed.Broadcast()
}

// RemoveObject notes that an object went.
func (g *gate) RemoveObject(_ *simulator.Context, r types.ManagedObjectReference) {
	g.touch()
	g.removed(r)
}
