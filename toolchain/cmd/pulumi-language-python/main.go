// Command pulumi-language-python is the language host that lets a Pulumi engine built from Go modules run Python
// programs and policy packs. The official distribution brings its own; this one stands in where that is absent.
//
// It is started by the engine as `pulumi-language-python [-flags] ENGINE_ADDRESS`, prints the port it serves
// LanguageRuntime on, and ends with the engine. `pulumi-language-python-exec`, the launcher of the Python SDK, has to
// lie next to it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

const launcherName = "pulumi-language-python-exec"

func main() {
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.String("tracing", "", "accepted for the engine's sake; traces are not emitted")
	flag.Parse()
	if *showVersion {
		fmt.Println(version.Version)
		return
	}
	if err := serve(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-python:", err)
		os.Exit(1)
	}
}

// serve answers the engine until it cancels, dies, or a signal arrives.
func serve(engineAddress string) error {
	launcher, err := findLauncher()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go stopWithParent(ctx, stop)

	host := newLanguageHost(ctx, launcher, engineAddress)
	closing := make(chan bool)
	go func() {
		<-ctx.Done()
		close(closing)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: closing,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d\n", handle.Port)
	return <-handle.Done
}

func findLauncher() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	launcher := filepath.Join(filepath.Dir(self), launcherName)
	if _, err := os.Stat(launcher); err != nil {
		return "", fmt.Errorf("the Python SDK's launcher is missing: %w", err)
	}
	return launcher, nil
}

// stopWithParent ends the host once the engine that started it is gone, so that a killed engine leaves no program
// running against a deployment that nobody records any more.
func stopWithParent(ctx context.Context, stop context.CancelFunc) {
	parent := os.Getppid()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if os.Getppid() != parent {
				stop()
				return
			}
		}
	}
}
