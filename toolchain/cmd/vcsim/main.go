// Command vcsim runs one simulated vCenter Server of a world, until its standard input closes.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"

	"metropole/toolchain/internal/vcenter"
	"metropole/toolchain/internal/world"
)

const (
	exitInput     = 2
	exitPortTaken = 3
)

func main() {
	worldFile := flag.String("world", "", "world.yaml: what exists before vCenter does")
	credentials := flag.String("credentials", "", "credentials.yaml: the accounts of the vCenters and their hosts")
	id := flag.String("vcenter", "", "id of the vCenter in the world")
	listen := flag.String("listen", "", "loopback address and port to listen on, for example 127.0.0.1:41001")
	flag.Parse()
	log.SetOutput(os.Stderr)
	os.Exit(run(*worldFile, *credentials, *id, *listen))
}

func run(worldFile, credentials, id, listen string) int {
	w, err := world.Load(worldFile, id)
	if err != nil {
		return fail(exitInput, err)
	}
	account, err := world.LoadAccount(credentials, id)
	if err != nil {
		return fail(exitInput, err)
	}
	if code, err := free(listen); err != nil {
		return fail(code, err)
	}
	server, err := vcenter.Start(w, account, listen)
	if err != nil {
		return fail(1, err)
	}
	defer server.Close()

	ready := map[string]any{"ready": true, "url": server.URL(), "instance_uuid": w.InstanceUUID}
	if err := json.NewEncoder(os.Stdout).Encode(ready); err != nil {
		return fail(1, err)
	}
	wait()
	return 0
}

// free checks that the address is on loopback and that nobody listens there.
func free(listen string) (int, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return exitInput, fmt.Errorf("-listen: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return exitInput, fmt.Errorf("-listen %s: only a loopback address, as in 127.0.0.1:41001", listen)
	}
	l, err := net.Listen("tcp", listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return exitPortTaken, fmt.Errorf("%s is taken by another program", listen)
	}
	if err != nil {
		return exitInput, err
	}
	return 0, l.Close()
}

// wait returns when the parent is gone (it held our standard input open) or asks us to end.
func wait() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	closed := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(closed)
	}()
	select {
	case <-signals:
	case <-closed:
	}
}

func fail(code int, err error) int {
	fmt.Fprintln(os.Stderr, "vcsim:", err)
	return code
}
