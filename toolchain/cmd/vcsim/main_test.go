package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const worldYAML = `
schema: 1
territory: sample
vcenters:
  - id: lac
    instance_uuid: 6f0c2a4e-0000-5000-8000-000000000001
    datastores: [{name: san, capacity_gib: 10}]
    templates: []
    hosts: [{name: esxi-1, cpu_cores: 2, memory_gib: 4, datastores: [san], nics: [{device: vmnic0, fibre: a}]}]
`

// TestMain runs the program itself when the tests below start their own binary as vcsim.
func TestMain(m *testing.M) {
	if os.Getenv("VCSIM_UNDER_TEST") == "1" {
		main()
	}
	os.Exit(m.Run())
}

func command(t *testing.T, listen string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	world, credentials := filepath.Join(dir, "world.yaml"), filepath.Join(dir, "credentials.yaml")
	for file, content := range map[string]string{
		world:       worldYAML,
		credentials: `vcenters: {lac: {user: u, password: p, host_password: h}}`,
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-world", world, "-credentials", credentials, "-vcenter", "lac", "-listen", listen)
	cmd.Env = append(os.Environ(), "VCSIM_UNDER_TEST=1", "TMPDIR="+dir)
	return cmd
}

func TestItSaysWhenItIsReadyAndEndsWithItsParent(t *testing.T) {
	port := freePort(t)
	listen := fmt.Sprintf("127.0.0.1:%d", port)
	cmd := command(t, listen)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var ready struct {
		Ready        bool   `json:"ready"`
		URL          string `json:"url"`
		InstanceUUID string `json:"instance_uuid"`
	}
	if err := json.Unmarshal([]byte(line), &ready); err != nil {
		t.Fatal(err)
	}
	if !ready.Ready || ready.URL != "https://"+listen+"/sdk" || ready.InstanceUUID != "6f0c2a4e-0000-5000-8000-000000000001" {
		t.Errorf("ready line: %s", line)
	}
	_ = stdin.Close()
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("still running after its standard input closed")
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(cmd.Args[2]), "*vcsim*"))
	if len(left) > 0 {
		t.Errorf("files left: %v", left)
	}
}

func TestATakenPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	fails(t, l.Addr().String(), exitPortTaken, "taken")
}

func TestOnlyLoopback(t *testing.T) { fails(t, "0.0.0.0:0", exitInput, "loopback") }

func fails(t *testing.T, listen string, code int, words string) {
	t.Helper()
	cmd := command(t, listen)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d, expected %d", got, code)
	}
	if lines := strings.Count(stderr.String(), "\n"); lines != 1 || !strings.Contains(stderr.String(), words) {
		t.Errorf("standard error: %q", stderr.String())
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
