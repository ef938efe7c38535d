package vcenter

import (
	"context"
	"crypto/tls"
	"fmt"
	"testing"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/vim25/types"
)

// follow waits, as a client of its own, until a property of the datacenter changes to the value.
func (l *lab) follow(value string) <-chan error {
	done := make(chan error, 1)
	collector := property.DefaultCollector(l.login().Client)
	started := make(chan struct{}, 16)
	go func() {
		done <- property.Wait(l.ctx, collector, l.datacenter.Reference(), []string{"name"}, func(changes []types.PropertyChange) bool {
			started <- struct{}{}
			return changes[0].Val == value
		})
	}()
	<-started
	return done
}

func TestAWaitingClientHoldsNobodyUpAndIsTold(t *testing.T) {
	l := furnished(t, 1)
	done := l.follow("renamed")
	l.clone("guest")
	task, err := l.datacenter.Rename(l.ctx, "renamed")
	l.result(task, err)
	select {
	case err := <-done:
		l.ok(err)
	case <-time.After(10 * time.Second):
		t.Fatal("not told")
	}
}

func TestAWaitingClientDoesNotKeepTheServerUp(t *testing.T) {
	l := furnished(t, 1)
	done := l.follow("never")
	go l.vc.Close()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("still waiting")
	}
}

func TestAClientThatStopsHalfwayHoldsNobodyUp(t *testing.T) {
	l := empty(t)
	address := l.vc.server.Listener.Addr().String()
	half, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	l.ok(err)
	defer half.Close()
	_, err = fmt.Fprintf(half, "POST /sdk HTTP/1.1\r\nHost: %s\r\nContent-Length: 1000\r\n\r\n<half", address)
	l.ok(err)
	time.Sleep(100 * time.Millisecond) // for the server to have begun with it

	ctx, cancel := context.WithTimeout(l.ctx, 10*time.Second)
	defer cancel()
	_, err = object.NewRootFolder(l.client.Client).CreateDatacenter(ctx, "dc")
	l.ok(err)
}
