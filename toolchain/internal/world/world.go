// Package world reads what exists before Pulumi does: the hosts of each vCenter, their network cards, datastores and
// templates (world.yaml), and the accounts that open them (credentials.yaml).
package world

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Schema is the only version of world.yaml this program reads.
const Schema = 1

// World is the content of world.yaml.
type World struct {
	Schema    int       `yaml:"schema"`
	Territory string    `yaml:"territory"`
	VCenters  []VCenter `yaml:"vcenters"`
}

// VCenter is one vCenter Server and the physical equipment that can be joined to it.
type VCenter struct {
	ID           string      `yaml:"id"`
	InstanceUUID string      `yaml:"instance_uuid"`
	Port         int         `yaml:"port"`
	Datastores   []Datastore `yaml:"datastores"`
	Templates    []Template  `yaml:"templates"`
	Hosts        []Host      `yaml:"hosts"`

	file string // where it was read from, to be read again
}

// Datastore is a volume shared by the hosts that list it.
type Datastore struct {
	Name        string `yaml:"name"`
	CapacityGiB int64  `yaml:"capacity_gib"`
}

// Template is a virtual machine template that appears with the first host that brings it.
type Template struct {
	Name      string `yaml:"name"`
	GuestID   string `yaml:"guest_id"`
	CPUs      int32  `yaml:"cpus"`
	MemoryMiB int64  `yaml:"memory_mib"`
	DiskGiB   int64  `yaml:"disk_gib"`
	Datastore string `yaml:"datastore"`
}

// Host is a physical hypervisor that waits to be joined.
type Host struct {
	Name       string   `yaml:"name"`
	CPUCores   int16    `yaml:"cpu_cores"`
	MemoryGiB  int64    `yaml:"memory_gib"`
	Feed       string   `yaml:"feed"`
	Datastores []string `yaml:"datastores"`
	Templates  []string `yaml:"templates"`
	NICs       []NIC    `yaml:"nics"`
}

// NIC is a physical network card and the fibre it is plugged into.
type NIC struct {
	Device string `yaml:"device"`
	Fibre  string `yaml:"fibre"`
}

// Account is how one vCenter and its hosts are opened.
type Account struct {
	User         string `yaml:"user"`
	Password     string `yaml:"password"`
	HostPassword string `yaml:"host_password"`
}

// Load returns the vCenter named id of a world file; every reference inside it is checked.
func Load(file, id string) (*VCenter, error) {
	var w World
	if err := decode(file, &w); err != nil {
		return nil, err
	}
	if w.Schema != Schema {
		return nil, fmt.Errorf("%s: schema %d, expected %d", file, w.Schema, Schema)
	}
	i := slices.IndexFunc(w.VCenters, func(v VCenter) bool { return v.ID == id })
	if i < 0 {
		known := make([]string, len(w.VCenters))
		for i, v := range w.VCenters {
			known[i] = v.ID
		}
		return nil, fmt.Errorf("%s: no vCenter %q, it has: %s", file, id, strings.Join(known, ", "))
	}
	v := &w.VCenters[i]
	if err := v.check(); err != nil {
		return nil, fmt.Errorf("%s: vCenter %s: %w", file, id, err)
	}
	v.file = file
	return v, nil
}

// Deliver reads the world again and takes in the hosts, datastores and templates that were added since; what was
// there stays as it was. A world that cannot be read, or was not read from a file, delivers nothing.
func (v *VCenter) Deliver() {
	now, err := Load(v.file, v.ID)
	if err != nil {
		return
	}
	for _, d := range now.Datastores {
		if v.Datastore(d.Name) == nil {
			v.Datastores = append(v.Datastores, d)
		}
	}
	for _, t := range now.Templates {
		if v.Template(t.Name) == nil {
			v.Templates = append(v.Templates, t)
		}
	}
	for _, h := range now.Hosts {
		if v.Host(h.Name) == nil {
			v.Hosts = append(v.Hosts, h)
		}
	}
}

// LoadAccount returns the account of the vCenter named id of a credentials file.
func LoadAccount(file, id string) (*Account, error) {
	var c struct {
		VCenters map[string]Account `yaml:"vcenters"`
	}
	if err := decode(file, &c); err != nil {
		return nil, err
	}
	a, ok := c.VCenters[id]
	if !ok {
		return nil, fmt.Errorf("%s: no credentials for vCenter %q", file, id)
	}
	if a.User == "" || a.Password == "" || a.HostPassword == "" {
		return nil, fmt.Errorf("%s: vCenter %s needs user, password and host_password", file, id)
	}
	return &a, nil
}

// Datastore returns the datastore of that name, or nil.
func (v *VCenter) Datastore(name string) *Datastore {
	return find(v.Datastores, func(d Datastore) bool { return d.Name == name })
}

// Template returns the template of that name, or nil.
func (v *VCenter) Template(name string) *Template {
	return find(v.Templates, func(t Template) bool { return t.Name == name })
}

// Host returns the host of that name, or nil.
func (v *VCenter) Host(name string) *Host {
	return find(v.Hosts, func(h Host) bool { return h.Name == name })
}

func (v *VCenter) check() error {
	for _, t := range v.Templates {
		if v.Datastore(t.Datastore) == nil {
			return fmt.Errorf("template %s lies on unknown datastore %q", t.Name, t.Datastore)
		}
	}
	for _, h := range v.Hosts {
		for _, name := range h.Datastores {
			if v.Datastore(name) == nil {
				return fmt.Errorf("host %s mounts unknown datastore %q", h.Name, name)
			}
		}
		for _, name := range h.Templates {
			t := v.Template(name)
			if t == nil {
				return fmt.Errorf("host %s brings unknown template %q", h.Name, name)
			}
			if !slices.Contains(h.Datastores, t.Datastore) {
				return fmt.Errorf("host %s brings template %s but does not mount its datastore %s", h.Name, name, t.Datastore)
			}
		}
	}
	return nil
}

func find[T any](items []T, match func(T) bool) *T {
	if i := slices.IndexFunc(items, match); i >= 0 {
		return &items[i]
	}
	return nil
}

func decode(file string, into any) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := yaml.NewDecoder(f).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
