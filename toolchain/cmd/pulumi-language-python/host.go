package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
	"google.golang.org/protobuf/types/known/emptypb"
)

// languageHost is the LanguageRuntime of Python. What it does not implement (code generation, packing, `pulumi new`)
// answers Unimplemented.
type languageHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	launcher string

	// work ends when the engine cancels or the host is told to stop; every child process hangs on it.
	work   context.Context
	cancel context.CancelFunc

	mu            sync.Mutex
	engineAddress string
}

func newLanguageHost(ctx context.Context, launcher, engineAddress string) *languageHost {
	work, cancel := context.WithCancel(ctx)
	return &languageHost{launcher: launcher, work: work, cancel: cancel, engineAddress: engineAddress}
}

// Handshake learns the engine's address when the host was attached to rather than started.
func (h *languageHost) Handshake(
	_ context.Context, request *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.engineAddress = request.GetEngineAddress()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *languageHost) engine() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.engineAddress
}

// GetPluginInfo reports the version of the SDK, which is the engine's too.
func (h *languageHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

// Cancel interrupts every program and plugin this host runs.
func (h *languageHost) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}

// About describes the Python that a project would run on.
func (h *languageHost) About(
	ctx context.Context, request *pulumirpc.AboutRequest,
) (*pulumirpc.AboutResponse, error) {
	python, options, err := resolvePython(request.GetInfo(), false)
	if err != nil {
		return nil, err
	}
	info, err := python.About(ctx)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{
		Executable: info.PythonExecutable,
		Version:    info.PythonVersion.String(),
		Metadata: map[string]string{
			"toolchain":        toolchain.Name(options.Toolchain),
			"toolchainVersion": info.ToolchainVersion.String(),
			"typechecker":      toolchain.TypeCheckerName(options.Typechecker),
		},
	}, nil
}

// InstallDependencies is `pulumi install`.
func (h *languageHost) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	python, _, err := resolvePython(request.GetInfo(), request.GetIsPlugin())
	if err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, request.GetIsTerminal())
	if err != nil {
		return err
	}
	err = python.InstallDependencies(stream.Context(), request.GetInfo().GetProgramDirectory(),
		request.GetUseLanguageVersionTools(), true, stdout, stderr)
	if closed := closer.Close(); err == nil {
		err = closed
	}
	return err
}

// GetProgramDependencies lists the packages of the project's environment.
func (h *languageHost) GetProgramDependencies(
	ctx context.Context, request *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	python, _, err := resolvePython(request.GetInfo(), false)
	if err != nil {
		return nil, err
	}
	installed, err := python.ListPackages(ctx, request.GetTransitiveDependencies())
	if err != nil {
		return nil, fmt.Errorf("listing Python packages: %w", err)
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, each := range installed {
		response.Dependencies = append(response.Dependencies,
			&pulumirpc.DependencyInfo{Name: each.Name, Version: each.Version})
	}
	return response, nil
}
