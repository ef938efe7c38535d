package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// exitShown is the exit code by which the SDK says that it has already told the user what went wrong.
const exitShown = 32

// Run executes a program to its end. What it writes goes to this process's own streams, where the engine reads it.
func (h *languageHost) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	if request.GetAttachDebugger() {
		return nil, errors.New("this language host cannot attach a debugger; the official Pulumi distribution can")
	}
	python, options, err := resolvePython(request.GetInfo(), false)
	if err != nil {
		return nil, err
	}
	if err := python.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	work, stop := h.lasting(ctx)
	defer stop()
	if err := checkTypes(work, python, options); err != nil {
		return nil, err
	}
	command, err := python.Command(work, append([]string{h.launcher}, programArguments(request, h.engine())...)...)
	if err != nil {
		return nil, err
	}
	command.Env, err = programEnvironment(command.Environ(), request)
	if err != nil {
		return nil, err
	}
	command.Stdout, command.Stderr = os.Stdout, untilCancelled{work, os.Stderr}
	err = runChild(command)
	if work.Err() != nil {
		// How an interrupted program ends says nothing about it.
		return &pulumirpc.RunResponse{Bail: true}, nil
	}
	return outcome(err)
}

// outcome puts the end of a program into the engine's words: `bail` means that the user has been told already.
func outcome(err error) (*pulumirpc.RunResponse, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case !errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program could not be run: %v", err)}, nil
	case exit.ExitCode() == exitShown:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case exit.Exited():
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("program exited with non-zero exit code: %d", exit.ExitCode())}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("program ended unexpectedly: %v", exit)}, nil
	}
}

// programArguments is the command line of the SDK's launcher, after the launcher itself.
func programArguments(request *pulumirpc.RunRequest, engineAddress string) []string {
	named := []struct{ name, value string }{
		{"monitor", request.GetMonitorAddress()},
		{"engine", engineAddress},
		{"project", request.GetProject()},
		{"root_directory", request.GetInfo().GetRootDirectory()},
		{"stack", request.GetStack()},
		{"pwd", request.GetPwd()},
		{"dry_run", strconv.FormatBool(request.GetDryRun())},
		{"parallel", strconv.Itoa(int(request.GetParallel()))},
		{"organization", request.GetOrganization()},
	}
	var arguments []string
	for _, each := range named {
		if each.value != "" {
			arguments = append(arguments, "--"+each.name, each.value)
		}
	}
	return append(append(arguments, request.GetInfo().GetEntryPoint()), request.GetArgs()...)
}

// programEnvironment adds the stack's configuration. The SDK wants an object and a list there, never null.
func programEnvironment(environment []string, request *pulumirpc.RunRequest) ([]string, error) {
	configuration := request.GetConfig()
	if configuration == nil {
		configuration = map[string]string{}
	}
	secretKeys := request.GetConfigSecretKeys()
	if secretKeys == nil {
		secretKeys = []string{}
	}
	configurationJSON, err := json.Marshal(configuration)
	if err != nil {
		return nil, err
	}
	secretKeysJSON, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, err
	}
	return append(environment,
		"PULUMI_CONFIG="+string(configurationJSON), "PULUMI_CONFIG_SECRET_KEYS="+string(secretKeysJSON)), nil
}

// checkTypes runs the type checker that `runtime.options.typechecker` names, before the program.
func checkTypes(ctx context.Context, python toolchain.Toolchain, options toolchain.PythonOptions) error {
	arguments := []string{options.ProgramDir}
	module := ""
	switch options.Typechecker {
	case toolchain.TypeCheckerMypy:
		module = "mypy"
		if environment, err := python.VirtualEnvPath(ctx); err == nil && environment != "" {
			if relative, err := filepath.Rel(options.ProgramDir, environment); err == nil {
				arguments = append([]string{"--exclude", relative}, arguments...)
			}
		}
	case toolchain.TypeCheckerPyright:
		module = "pyright"
	default:
		return nil
	}
	command, err := python.ModuleCommand(ctx, module, arguments...)
	if err != nil {
		return err
	}
	var findings bytes.Buffer
	command.Dir = options.ProgramDir
	command.Stdout, command.Stderr = io.MultiWriter(os.Stdout, &findings), io.MultiWriter(os.Stderr, &findings)
	if err := runChild(command); err != nil {
		return fmt.Errorf("%s failed: %w\n%s", module, err, findings.String())
	}
	return nil
}
