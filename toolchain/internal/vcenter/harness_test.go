package vcenter

import (
	"context"
	"net/url"
	"testing"

	"github.com/vmware/govmomi"
	faults "github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"metropole/toolchain/internal/world"
)

const (
	testUser     = "metropole@vsphere.local"
	testPassword = "sesame"
	testHostPass = "hosts"
)

// lab is a vCenter under test and a client logged in to it.
type lab struct {
	*testing.T
	ctx    context.Context
	vc     *VCenter
	client *govmomi.Client

	datacenter *object.Datacenter
	folders    *object.DatacenterFolders
	cluster    *object.ClusterComputeResource
	hosts      []*object.HostSystem
	dvs        *object.DistributedVirtualSwitch
}

func testWorld() *world.VCenter {
	w := &world.VCenter{
		ID: "lac", InstanceUUID: "6f0c2a4e-0000-5000-8000-000000000001",
		Datastores: []world.Datastore{{Name: "san", CapacityGiB: 4096}},
		Templates: []world.Template{{
			Name: "debian-12", GuestID: "debian12_64Guest", CPUs: 1, MemoryMiB: 512, DiskGiB: 8, Datastore: "san",
		}},
	}
	for _, name := range []string{"esxi-1", "esxi-2", "esxi-3", "esxi-4"} {
		host := world.Host{
			Name: name, CPUCores: 16, MemoryGiB: 64, Feed: "feed-a",
			Datastores: []string{"san"}, Templates: []string{"debian-12"},
		}
		for _, device := range []string{"vmnic0", "vmnic1", "vmnic2", "vmnic3"} {
			host.NICs = append(host.NICs, world.NIC{Device: device, Fibre: "fibre-" + device})
		}
		w.Hosts = append(w.Hosts, host)
	}
	return w
}

// empty is a lab with nothing in the vCenter.
func empty(t *testing.T) *lab {
	t.Helper()
	vc, err := Start(testWorld(), &world.Account{User: testUser, Password: testPassword, HostPassword: testHostPass}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(vc.Close)
	l := &lab{T: t, ctx: t.Context(), vc: vc}
	l.client = l.login()
	return l
}

func (l *lab) login() *govmomi.Client {
	l.Helper()
	u, err := url.Parse(l.vc.URL())
	l.ok(err)
	u.User = url.UserPassword(testUser, testPassword)
	client, err := govmomi.NewClient(l.ctx, u, true)
	l.ok(err)
	return client
}

// furnished is a lab with a cluster of n hosts and a switch on their first two cards.
func furnished(t *testing.T, n int) *lab {
	t.Helper()
	l := empty(t)
	var err error
	l.datacenter, err = object.NewRootFolder(l.client.Client).CreateDatacenter(l.ctx, "dc")
	l.ok(err)
	l.folders, err = l.datacenter.Folders(l.ctx)
	l.ok(err)
	l.cluster, err = l.folders.HostFolder.CreateCluster(l.ctx, "cluster", types.ClusterConfigSpecEx{
		DasConfig: &types.ClusterDasConfigInfo{Enabled: types.NewBool(true)},
		DrsConfig: &types.ClusterDrsConfigInfo{Enabled: types.NewBool(true)},
	})
	l.ok(err)
	for _, h := range l.vc.world.Hosts[:n] {
		l.hosts = append(l.hosts, l.join(h.Name))
	}
	l.dvs = l.createSwitch("fabric", "vmnic0", "vmnic1")
	return l
}

func (l *lab) join(name string) *object.HostSystem {
	l.Helper()
	task, err := l.cluster.AddHost(l.ctx, connect(name, testHostPass), true, nil, nil)
	l.ok(err)
	return object.NewHostSystem(l.client.Client, l.result(task, err).(types.ManagedObjectReference))
}

func connect(name, password string) types.HostConnectSpec {
	return types.HostConnectSpec{HostName: name, UserName: "root", Password: password, Force: true}
}

func (l *lab) createSwitch(name string, cards ...string) *object.DistributedVirtualSwitch {
	l.Helper()
	spec := types.DVSCreateSpec{ConfigSpec: &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{
		Name: name, UplinkPortPolicy: &types.DVSNameArrayUplinkPortPolicy{UplinkPortName: []string{"uplink1", "uplink2"}},
		Host: l.members(cards...),
	}}}
	r := l.result(l.folders.NetworkFolder.CreateDVS(l.ctx, spec)).(types.ManagedObjectReference)
	return object.NewDistributedVirtualSwitch(l.client.Client, r)
}

func (l *lab) members(cards ...string) []types.DistributedVirtualSwitchHostMemberConfigSpec {
	backing := new(types.DistributedVirtualSwitchHostMemberPnicBacking)
	for _, card := range cards {
		backing.PnicSpec = append(backing.PnicSpec, types.DistributedVirtualSwitchHostMemberPnicSpec{PnicDevice: card})
	}
	var list []types.DistributedVirtualSwitchHostMemberConfigSpec
	for _, host := range l.hosts {
		list = append(list, types.DistributedVirtualSwitchHostMemberConfigSpec{
			Operation: string(types.ConfigSpecOperationAdd), Host: host.Reference(), Backing: backing,
		})
	}
	return list
}

// portgroup adds a port group to the switch and returns what it is.
func (l *lab) portgroup(spec types.DVPortgroupConfigSpec) mo.DistributedVirtualPortgroup {
	l.Helper()
	l.result(l.dvs.AddPortgroup(l.ctx, []types.DVPortgroupConfigSpec{spec}))
	dvs := read[mo.DistributedVirtualSwitch](l, l.dvs.Reference(), "portgroup")
	return read[mo.DistributedVirtualPortgroup](l, dvs.Portgroup[len(dvs.Portgroup)-1])
}

func (l *lab) template() *object.VirtualMachine {
	l.Helper()
	folder := read[mo.Folder](l, l.folders.VmFolder.Reference(), "childEntity")
	for _, r := range folder.ChildEntity {
		if r.Type == "VirtualMachine" && read[mo.VirtualMachine](l, r, "config.template").Config.Template {
			return object.NewVirtualMachine(l.client.Client, r)
		}
	}
	l.Fatal("no template")
	return nil
}

func (l *lab) cloneSpec(config *types.VirtualMachineConfigSpec) types.VirtualMachineCloneSpec {
	l.Helper()
	pool, err := l.cluster.ResourcePool(l.ctx)
	l.ok(err)
	return types.VirtualMachineCloneSpec{
		Location: types.VirtualMachineRelocateSpec{Pool: types.NewReference(pool.Reference())},
		PowerOn:  true, Config: config,
	}
}

func (l *lab) clone(name string) *object.VirtualMachine {
	l.Helper()
	task, err := l.template().Clone(l.ctx, l.folders.VmFolder, name, l.cloneSpec(nil))
	return object.NewVirtualMachine(l.client.Client, l.result(task, err).(types.ManagedObjectReference))
}

func (l *lab) hostOf(vm *object.VirtualMachine) string {
	l.Helper()
	host := read[mo.VirtualMachine](l, vm.Reference(), "runtime.host").Runtime.Host
	return read[mo.HostSystem](l, *host, "name").Name
}

func (l *lab) ok(err error) {
	l.Helper()
	if err != nil {
		l.Fatalf("%v", err)
	}
}

func (l *lab) result(task *object.Task, err error) any {
	l.Helper()
	l.ok(err)
	info, err := task.WaitForResult(l.ctx)
	l.ok(err)
	return info.Result
}

// refused expects the fault F.
func refused[F any](l *lab, task *object.Task, err error) {
	l.Helper()
	if err == nil && task != nil {
		err = task.Wait(l.ctx)
	}
	var want F
	if _, ok := faults.As(err, &want); !ok {
		l.Fatalf("expected %T, got %v", want, err)
	}
}

// read gets properties of an object in their managed object type.
func read[T any](l *lab, r types.ManagedObjectReference, properties ...string) T {
	l.Helper()
	var object T
	l.ok(property.DefaultCollector(l.client.Client).RetrieveOne(l.ctx, r, properties, &object))
	return object
}

func same[T comparable](l *lab, what string, got, want T) {
	l.Helper()
	if got != want {
		l.Errorf("%s: got %v, want %v", what, got, want)
	}
}
