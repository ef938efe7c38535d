package vcenter

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"metropole/toolchain/internal/world"
)

// mount gives a host a datastore of the world: the first host of a datacenter creates it, the others join it.
func (v *VCenter) mount(ctx *simulator.Context, host *simulator.HostSystem, w *world.Datastore) fault {
	datacenter, ok := datacenterOf(ctx, host.Self)
	if !ok {
		return invalid("datacenter")
	}
	var store *simulator.Datastore
	if r, found := named(ctx, w.Name, datacenter.Datastore); found {
		store, _ = get[*simulator.Datastore](ctx, r)
	} else {
		created, err := v.createDatastore(ctx, datacenter, w)
		if err != nil {
			return &types.HostConfigFault{VimFault: types.VimFault{MethodFault: types.MethodFault{
				FaultMessage: []types.LocalizableMessage{{Key: "datastore", Message: err.Error()}},
			}}}
		}
		store = created
	}
	store.Host = append(store.Host, types.DatastoreHostMount{
		Key: host.Self,
		MountInfo: types.HostMountInfo{
			Path:       "/vmfs/volumes/" + w.Name,
			AccessMode: string(types.HostMountModeReadWrite),
			Mounted:    types.NewBool(true),
			Accessible: types.NewBool(true),
		},
	})
	store.Summary.MultipleHostAccess = pointer(len(store.Host) > 1)
	add(&host.Datastore, store.Self)
	if system, ok := get[*simulator.HostDatastoreSystem](ctx, *host.ConfigManager.DatastoreSystem); ok {
		add(&system.Datastore, store.Self)
	}
	return nil
}

func (v *VCenter) createDatastore(ctx *simulator.Context, datacenter *simulator.Datacenter, w *world.Datastore) (*simulator.Datastore, error) {
	directory := filepath.Join(v.storage, datacenter.Self.Value, w.Name)
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return nil, err
	}
	capacity := w.CapacityGiB << 30
	store := &simulator.Datastore{}
	store.Name = w.Name
	store.Info = &types.VmfsDatastoreInfo{
		DatastoreInfo: types.DatastoreInfo{
			Name: w.Name, Url: directory, FreeSpace: capacity, MaxFileSize: capacity, Timestamp: types.NewTime(time.Now()),
		},
		Vmfs: &types.HostVmfsVolume{
			HostFileSystemVolume: types.HostFileSystemVolume{Type: "VMFS", Name: w.Name, Capacity: capacity},
			BlockSizeMb:          1,
			MajorVersion:         6,
			Version:              "6.82",
			Uuid:                 fmt.Sprintf("%x", cardAddress(v.world.InstanceUUID, w.Name)),
			Extent:               []types.HostScsiDiskPartition{{DiskName: "naa." + w.Name, Partition: 1}},
			Local:                types.NewBool(false),
		},
	}
	store.Capability = types.DatastoreCapability{
		DirectoryHierarchySupported:      true,
		PerFileThinProvisioningSupported: true,
		TopLevelDirectoryCreateSupported: types.NewBool(true),
	}
	folder, _ := get[*simulator.Folder](ctx, datacenter.DatastoreFolder)
	putChild(ctx, folder, store)
	store.Summary = types.DatastoreSummary{
		Datastore: &store.Self, Name: w.Name, Url: directory, Capacity: capacity, FreeSpace: capacity, Accessible: true,
		Type: "VMFS", MaintenanceMode: string(types.DatastoreSummaryMaintenanceModeStateNormal),
	}
	browser := &simulator.HostDatastoreBrowser{}
	browser.Datastore = []ref{store.Self}
	store.Browser = ctx.Map.Put(browser).Reference()
	add(&datacenter.Datastore, store.Self)
	return store, nil
}

// unmount takes a host's datastores away; one that no host mounts any more is gone, with its files.
func (v *VCenter) unmount(ctx *simulator.Context, host *simulator.HostSystem) {
	for _, store := range all[*simulator.Datastore](ctx, host.Datastore) {
		store.Host = slices.DeleteFunc(slices.Clone(store.Host), func(m types.DatastoreHostMount) bool {
			return m.Key == host.Self
		})
		store.Summary.MultipleHostAccess = pointer(len(store.Host) > 1)
		if len(store.Host) > 0 {
			continue
		}
		if datacenter, ok := datacenterOf(ctx, store.Self); ok {
			drop(&datacenter.Datastore, store.Self)
		}
		ctx.Map.Remove(ctx, store.Browser)
		dropChild(ctx, store.Self)
		_ = os.RemoveAll(store.Summary.Url)
	}
	host.Datastore = nil
}

// mounts tells whether a host has a datastore.
func mounts(host *simulator.HostSystem, store ref) bool {
	return slices.Contains(host.Datastore, store)
}
