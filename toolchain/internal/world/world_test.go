package world

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const valid = `
schema: 1
territory: sandbox
vcenters:
  - id: lac
    instance_uuid: 6f0c
    port: 41001
    datastores: [{name: lac-san-1, capacity_gib: 4096}]
    templates: [{name: debian-12, guest_id: debian12_64Guest, cpus: 1, memory_mib: 512, disk_gib: 8, datastore: lac-san-1}]
    hosts:
      - {name: lac-esxi-1, cpu_cores: 16, memory_gib: 128, feed: feed-a, datastores: [lac-san-1], templates: [debian-12],
         nics: [{device: vmnic0, fibre: lac-lan-a}, {device: vmnic1, fibre: lac-lan-b}]}
`

func write(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file.yaml")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestLoad(t *testing.T) {
	v, err := Load(write(t, valid), "lac")
	if err != nil {
		t.Fatal(err)
	}
	host := v.Host("lac-esxi-1")
	if host == nil || host.NICs[1].Fibre != "lac-lan-b" || v.Template("debian-12").DiskGiB != 8 || v.Datastore("lac-san-1") == nil {
		t.Errorf("read %+v", v)
	}
}

func TestLoadRefuses(t *testing.T) {
	for words, content := range map[string]string{
		"no vCenter":         strings.Replace(valid, "id: lac", "id: pessac", 1),
		"schema 2":           strings.Replace(valid, "schema: 1", "schema: 2", 1),
		"unknown datastore":  strings.Replace(valid, "datastores: [lac-san-1]", "datastores: [x]", 1),
		"unknown template":   strings.Replace(valid, "templates: [debian-12]", "templates: [x]", 1),
		"does not mount":     strings.Replace(valid, "datastores: [lac-san-1]", "datastores: []", 1),
		"cannot unmarshal":   strings.Replace(valid, "port: 41001", "port: x", 1),
		"on unknown datasto": strings.Replace(valid, "disk_gib: 8, datastore: lac-san-1", "datastore: x", 1),
	} {
		if _, err := Load(write(t, content), "lac"); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

func TestLoadAccount(t *testing.T) {
	file := write(t, `vcenters: {lac: {user: u, password: p, host_password: h}, pessac: {user: u, password: p}}`)
	account, err := LoadAccount(file, "lac")
	if err != nil || account.HostPassword != "h" {
		t.Errorf("read %+v, %v", account, err)
	}
	for _, id := range []string{"pessac", "elsewhere"} {
		if _, err := LoadAccount(file, id); err == nil {
			t.Errorf("%s: no error", id)
		}
	}
}

func TestDeliverTakesInWhatWasAdded(t *testing.T) {
	file := write(t, valid)
	v, err := Load(file, "lac")
	if err != nil {
		t.Fatal(err)
	}
	added := strings.Replace(valid, "cpu_cores: 16", "cpu_cores: 99", 1) +
		"      - {name: lac-esxi-2, cpu_cores: 8, memory_gib: 64, feed: feed-b, datastores: [lac-san-1]}\n"
	if err := os.WriteFile(file, []byte(added), 0o600); err != nil {
		t.Fatal(err)
	}
	v.Deliver()
	if v.Host("lac-esxi-2") == nil || v.Host("lac-esxi-1").CPUCores != 16 {
		t.Errorf("delivered %+v", v.Hosts)
	}
	if err := os.WriteFile(file, []byte("schema: x"), 0o600); err != nil {
		t.Fatal(err)
	}
	v.Deliver()
	if len(v.Hosts) != 2 {
		t.Errorf("an unreadable world changed it: %+v", v.Hosts)
	}
}
