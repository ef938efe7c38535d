package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/view"
	soapmethods "github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func TestStartsEmpty(t *testing.T) {
	l := empty(t)
	same(l, "instance", l.client.ServiceContent.About.InstanceUuid, testWorld().InstanceUUID)
	same(l, "children", len(read[mo.Folder](l, l.client.ServiceContent.RootFolder, "childEntity").ChildEntity), 0)
}

func TestAHostBringsItsEquipment(t *testing.T) {
	l := furnished(t, 2)
	host := read[mo.HostSystem](l, l.hosts[0].Reference())
	same(l, "cores", host.Hardware.CpuInfo.NumCpuCores, 16)
	same(l, "memory", host.Hardware.MemorySize, 64<<30)
	same(l, "cards", len(host.Config.Network.Pnic), 4)
	same(l, "card", host.Config.Network.Pnic[2].Device, "vmnic2")
	same(l, "datastores", len(host.Datastore), 1)
	same(l, "state", host.Runtime.ConnectionState, types.HostSystemConnectionStateConnected)

	store := read[mo.Datastore](l, host.Datastore[0])
	same(l, "datastore", store.Summary.Name, "san")
	same(l, "capacity", store.Summary.Capacity, 4096<<30)
	same(l, "mounts", len(store.Host), 2)

	template := read[mo.VirtualMachine](l, l.template().Reference())
	same(l, "template", template.Name, "debian-12")
	same(l, "guest", template.Config.GuestId, "debian12_64Guest")
	same(l, "memory", template.Config.Hardware.MemoryMB, 512)

	cluster := read[mo.ClusterComputeResource](l, l.cluster.Reference())
	same(l, "hosts", cluster.Summary.GetComputeResourceSummary().NumHosts, 2)
	same(l, "cluster memory", cluster.Summary.GetComputeResourceSummary().TotalMemory, 128<<30)
	same(l, "cluster datastores", len(cluster.Datastore), 1)
}

func TestJoinsAreRefusedAsInRealLife(t *testing.T) {
	l := furnished(t, 1)
	join := func(spec types.HostConnectSpec) (*object.Task, error) {
		return l.cluster.AddHost(l.ctx, spec, true, nil, nil)
	}
	task, err := join(connect("esxi-9", testHostPass))
	refused[*types.NoHost](l, task, err)
	task, err = join(connect("esxi-2", "wrong"))
	refused[*types.InvalidLogin](l, task, err)
	task, err = join(connect("esxi-1", testHostPass))
	refused[*types.AlreadyConnected](l, task, err)
}

func TestAStandaloneHostJoinsAndGoes(t *testing.T) {
	l := furnished(t, 1)
	task, err := l.folders.HostFolder.AddStandaloneHost(l.ctx, connect("esxi-2", testHostPass), true, nil, nil)
	compute := l.result(task, err).(types.ManagedObjectReference)
	same(l, "kind", compute.Type, "ComputeResource")
	same(l, "hosts", len(read[mo.ComputeResource](l, compute, "host").Host), 1)
	l.result(object.NewComputeResource(l.client.Client, compute).Destroy(l.ctx))
	same(l, "host folder", len(read[mo.Folder](l, l.folders.HostFolder.Reference(), "childEntity").ChildEntity), 1)
}

func TestAHostLeavesNothing(t *testing.T) {
	l := furnished(t, 2)
	before := len(l.vc.model.Map().All(""))
	host := l.join("esxi-3")
	task, err := host.Destroy(l.ctx)
	refused[*types.InvalidState](l, task, err)
	l.result(host.EnterMaintenanceMode(l.ctx, 0, false, nil))
	l.result(host.Destroy(l.ctx))
	same(l, "objects", len(l.vc.model.Map().All("")), before)
	same(l, "mounts", len(read[mo.Datastore](l, l.store(), "host").Host), 2)
	l.join("esxi-3")
}

func (l *lab) store() types.ManagedObjectReference {
	return read[mo.ClusterComputeResource](l, l.cluster.Reference(), "datastore").Datastore[0]
}

func TestTheTemplateStaysWhileAHostBringsIt(t *testing.T) {
	l := furnished(t, 2)
	for i, host := range l.hosts {
		l.result(host.Disconnect(l.ctx))
		l.result(host.Destroy(l.ctx))
		left := len(read[mo.Folder](l, l.folders.VmFolder.Reference(), "childEntity").ChildEntity)
		same(l, "templates", left, 1-i)
		same(l, "datastores", len(read[mo.Datacenter](l, l.datacenter.Reference(), "datastore").Datastore), 1-i)
	}
}

func TestTheWholeInventoryGoes(t *testing.T) {
	l := furnished(t, 3)
	bare := len(l.vc.model.Map().AllReference(""))
	vm := l.clone("guest")
	l.result(vm.PowerOff(l.ctx))
	l.result(vm.Destroy(l.ctx))
	l.result(l.dvs.Destroy(l.ctx))
	l.result(l.cluster.Destroy(l.ctx))
	l.result(l.datacenter.Destroy(l.ctx))
	same(l, "children", len(read[mo.Folder](l, l.client.ServiceContent.RootFolder, "childEntity").ChildEntity), 0)
	same(l, "entities", len(l.vc.model.Map().All("")), 1) // the root folder
	if now := len(l.vc.model.Map().AllReference("")); now >= bare {
		t.Logf("%d objects with tasks, %d before", now, bare)
	}
}

func TestMaintenanceMovesRunningMachines(t *testing.T) {
	l := furnished(t, 2)
	vm := l.clone("guest")
	var here, there *object.HostSystem
	for _, host := range l.hosts {
		if read[mo.HostSystem](l, host.Reference(), "name").Name == l.hostOf(vm) {
			here = host
		} else {
			there = host
		}
	}
	l.result(here.EnterMaintenanceMode(l.ctx, 0, false, nil))
	same(l, "host", l.hostOf(vm), read[mo.HostSystem](l, there.Reference(), "name").Name)
	task, err := there.EnterMaintenanceMode(l.ctx, 0, false, nil)
	refused[*types.NoCompatibleHost](l, task, err)
	l.result(here.ExitMaintenanceMode(l.ctx, 0))
}

func TestMachinesOfALostHostRestart(t *testing.T) {
	l := furnished(t, 3)
	a, b := l.clone("a"), l.clone("b")
	l.rule("apart", a, b)
	lost := read[mo.VirtualMachine](l, a.Reference(), "runtime.host").Runtime.Host
	before := l.hostOf(a)
	task, err := soapmethods.ShutdownHost_Task(l.ctx, l.client, &types.ShutdownHost_Task{This: *lost, Force: true})
	l.ok(err)
	l.result(object.NewTask(l.client.Client, task.Returnval), nil)
	same(l, "state", read[mo.HostSystem](l, *lost, "runtime").Runtime.ConnectionState, types.HostSystemConnectionStateNotResponding)
	same(l, "power", read[mo.VirtualMachine](l, a.Reference(), "runtime").Runtime.PowerState, types.VirtualMachinePowerStatePoweredOn)
	if now := l.hostOf(a); now == before || now == l.hostOf(b) {
		t.Errorf("a was on %s, is on %s; b is on %s", before, now, l.hostOf(b))
	}
	up, err := soapmethods.PowerUpHostFromStandBy_Task(l.ctx, l.client, &types.PowerUpHostFromStandBy_Task{This: *lost})
	l.ok(err)
	l.result(object.NewTask(l.client.Client, up.Returnval), nil)
	same(l, "state", read[mo.HostSystem](l, *lost, "runtime").Runtime.ConnectionState, types.HostSystemConnectionStateConnected)
}

func TestObjectsAreFound(t *testing.T) {
	l := furnished(t, 1)
	vm := l.clone("guest")
	index := object.NewSearchIndex(l.client.Client)
	found, err := index.FindByUuid(l.ctx, l.datacenter, read[mo.VirtualMachine](l, vm.Reference(), "config.uuid").Config.Uuid, true, nil)
	l.ok(err)
	same(l, "by uuid", found.Reference(), vm.Reference())
	for path, want := range map[string]types.ManagedObjectReference{
		"/dc/vm/guest":                 vm.Reference(),
		"/dc/host/cluster":             l.cluster.Reference(),
		"/dc/network/fabric":           l.dvs.Reference(),
		"/dc/host/cluster/esxi-1":      l.hosts[0].Reference(),
		"/dc/datastore/san":            l.store(),
		"/dc/vm/debian-12":             l.template().Reference(),
		"/dc/network/fabric-DVUplinks": {},
	} {
		found, err := index.FindByInventoryPath(l.ctx, path)
		l.ok(err)
		if want.Value == "" {
			same(l, path, found == nil, true)
			continue
		}
		same(l, path, found.Reference(), want)
	}
	views := view.NewManager(l.client.Client)
	everything, err := views.CreateContainerView(l.ctx, l.client.ServiceContent.RootFolder, []string{"DistributedVirtualSwitch"}, true)
	l.ok(err)
	switches, err := everything.Find(l.ctx, []string{"DistributedVirtualSwitch"}, nil)
	l.ok(err)
	same(l, "switches", len(switches), 1)
}

func TestThingsMoveBetweenFolders(t *testing.T) {
	l := furnished(t, 1)
	for root, r := range map[*object.Folder]types.ManagedObjectReference{
		l.folders.HostFolder: l.cluster.Reference(), l.folders.NetworkFolder: l.dvs.Reference(),
		l.folders.VmFolder: l.template().Reference(),
	} {
		folder, err := root.CreateFolder(l.ctx, "inside")
		l.ok(err)
		l.result(folder.MoveInto(l.ctx, []types.ManagedObjectReference{r}))
		same(l, "children", len(read[mo.Folder](l, folder.Reference(), "childEntity").ChildEntity), 1)
		same(l, "parent", *read[mo.ManagedEntity](l, r, "parent").Parent, folder.Reference())
		task, err := folder.MoveInto(l.ctx, []types.ManagedObjectReference{folder.Reference()})
		refused[*types.InvalidFolder](l, task, err)
	}
}

func TestAHostMovesToAnotherCluster(t *testing.T) {
	l := furnished(t, 2)
	other, err := l.folders.HostFolder.CreateCluster(l.ctx, "other", types.ClusterConfigSpecEx{})
	l.ok(err)
	host := l.hosts[1]
	task, err := other.MoveInto(l.ctx, host)
	refused[*types.InvalidState](l, task, err)
	l.result(host.EnterMaintenanceMode(l.ctx, 0, false, nil))
	l.result(other.MoveInto(l.ctx, host))
	moved := read[mo.ClusterComputeResource](l, other.Reference())
	same(l, "hosts", len(moved.Host), 1)
	same(l, "datastores", len(moved.Datastore), 1)
	same(l, "left", len(read[mo.ClusterComputeResource](l, l.cluster.Reference(), "host").Host), 1)
}

func TestLockdownIsKept(t *testing.T) {
	l := furnished(t, 1)
	manager := read[mo.HostSystem](l, l.hosts[0].Reference(), "configManager.hostAccessManager").ConfigManager.HostAccessManager
	_, err := soapmethods.ChangeLockdownMode(l.ctx, l.client, &types.ChangeLockdownMode{This: *manager, Mode: types.HostLockdownModeLockdownStrict})
	l.ok(err)
	same(l, "mode", read[mo.HostSystem](l, l.hosts[0].Reference(), "config.lockdownMode").Config.LockdownMode, types.HostLockdownModeLockdownStrict)
}
