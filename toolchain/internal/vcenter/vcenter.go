// Package vcenter is a simulated vCenter Server that keeps what it is told: govmomi's simulator, with the managed
// object methods replaced that would drop, ignore or make up what a client declares.
package vcenter

import (
	"crypto/tls"
	"hash/fnv"
	"net/http"
	"net/url"
	"os"
	"strings"

	// Endpoints that add themselves to the simulator.
	_ "github.com/vmware/govmomi/pbm/simulator"
	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/sts/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"metropole/toolchain/internal/world"
)

// VCenter is one running vCenter Server.
type VCenter struct {
	world   *world.VCenter
	account *world.Account
	model   *simulator.Model
	server  *simulator.Server
	gate    *gate
	storage string // directory of the datastores' files

	tags        *tagging
	permissions *authorization
	ruleKeys    int32
	site        byte   // the vCenter's own id in the MAC addresses it assigns, 0 to 63
	cards       uint16 // network cards given an address so far
}

// Start serves the vCenter on an address (host:port), with an empty inventory.
func Start(w *world.VCenter, account *world.Account, listen string) (*VCenter, error) {
	model := simulator.VPX()
	model.Datacenter = 0
	if err := model.Create(); err != nil {
		return nil, err
	}
	storage, err := os.MkdirTemp("", "vcsim-datastores-")
	if err != nil {
		return nil, err
	}
	v := &VCenter{world: w, account: account, model: model, storage: storage}
	v.gate = newGate(func(r types.ManagedObjectReference) {
		v.permissions.removed(r)
		v.tags.removed(r)
	})
	v.identify()
	v.extend()

	service := model.Service
	service.TLS = new(tls.Config)
	service.RegisterEndpoints = true
	service.Listen = &url.URL{Host: listen, User: url.UserPassword(account.User, account.Password)}
	v.server = service.NewServer()
	v.tags = newTagging(v, service.ServeMux)
	v.server.Config.Handler = v.gate.wrap(v.tags.wrap(only(service.ServeMux)))
	return v, nil
}

// URL is the address of the vSphere API, without credentials.
func (v *VCenter) URL() string {
	u := *v.server.URL
	u.User = nil
	return u.String()
}

// Close stops the server and deletes the datastores' files.
func (v *VCenter) Close() {
	v.gate.close()
	v.server.CloseClientConnections()
	v.server.Close()
	v.model.Remove()
	_ = os.RemoveAll(v.storage)
}

// identify gives the vCenter the instance UUID of its world, which stays the same from start to start.
func (v *VCenter) identify() {
	instance := v.model.Map().Get(vim25.ServiceInstance).(*simulator.ServiceInstance)
	instance.Content.About.InstanceUuid = v.world.InstanceUUID
	instance.Content.About.FullName = "VMware vCenter Server (metropole twin)"
	instance.Content.About.Name = "VMware vCenter Server"
	// Clients leave out what is newer than the version they are told: the simulator's own 6.5 would hide half the API.
	instance.Content.About.Version = "8.0.3"
	instance.Content.About.ApiVersion = "8.0.3.0"
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(v.world.InstanceUUID))
	// vCenter assigns addresses 00:50:56:80:00:00 to 00:50:56:bf:ff:ff, its own id in the fourth byte.
	v.site = byte(hash.Sum32() & 0x3f)
}

// extend puts our methods in front of the simulator's.
func (v *VCenter) extend() {
	registry := v.model.Map()
	d := &dispatcher{overrides: map[string]mo.Reference{}}
	base := func(kind string) *methods {
		m := &methods{VCenter: v}
		m.Self = types.ManagedObjectReference{Type: "Metropole" + kind, Value: "methods"}
		return m
	}
	v.permissions = newAuthorization(base("AuthorizationManager"), registry)
	for kind, object := range map[string]mo.Reference{
		"ClusterComputeResource":          &clusterMethods{base("ClusterComputeResource")},
		"ComputeResource":                 &computeMethods{base("ComputeResource")},
		"Folder":                          &folderMethods{base("Folder")},
		"HostSystem":                      &hostMethods{base("HostSystem")},
		"HostAccessManager":               &accessMethods{base("HostAccessManager")},
		"VirtualMachine":                  &machineMethods{base("VirtualMachine")},
		"ResourcePool":                    &poolMethods{base("ResourcePool")},
		"Datacenter":                      &datacenterMethods{base("Datacenter")},
		"Datastore":                       &datastoreMethods{base("Datastore")},
		switchKind:                        &switchMethods{base(switchKind)},
		"DistributedVirtualPortgroup":     &portgroupMethods{base("DistributedVirtualPortgroup")},
		"AuthorizationManager":            v.permissions,
		"DistributedVirtualSwitchManager": &switchManagerMethods{base("DistributedVirtualSwitchManager")},
		"PropertyCollector":               &collectorMethods{base("PropertyCollector"), map[string]bool{}},
	} {
		d.overrides[kind] = object
		registry.Put(object)
	}
	registry.AddHandler(v.gate)
	registry.Handler = d.dispatch
}

// only serves the endpoints a client of the vSphere API needs. The others of the simulator ask for no password, or
// call the server back and would wait for themselves.
func only(next http.Handler) http.Handler {
	prefixes := []string{"/sdk", "/rest/com/vmware/cis/", "/pbm", "/sts/"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := false
		for _, prefix := range prefixes {
			known = known || strings.HasPrefix(r.URL.Path, prefix)
		}
		if !known {
			http.NotFound(w, r)
			return
		}
		if strings.HasPrefix(r.Header.Get("Authorization"), "SIGN ") {
			// The simulator would take any signed token for good.
			http.Error(w, "", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
