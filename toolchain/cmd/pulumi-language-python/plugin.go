package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strconv"

	sdk "github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RunPlugin runs a plugin written in Python until it ends or the engine hangs up: a policy pack through the SDK's
// `pulumi.policy`, any other kind by its `__main__.py`.
func (h *languageHost) RunPlugin(
	request *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	if request.GetAttachDebugger() {
		return errors.New("this language host cannot attach a debugger; the official Pulumi distribution can")
	}
	isPolicyPack := request.GetKind() == string(apitype.AnalyzerPlugin)
	python, _, err := resolvePython(request.GetInfo(), !isPolicyPack)
	if err != nil {
		return err
	}
	work, stop := h.lasting(stream.Context())
	defer stop()

	directory := request.GetInfo().GetProgramDirectory()
	arguments := append([]string{directory}, request.GetArgs()...)
	if isPolicyPack {
		arguments = append(append([]string{"-u", "-m", "pulumi.policy"}, request.GetArgs()...), directory)
	}
	command, err := python.Command(work, arguments...)
	if err != nil {
		return err
	}
	command.Env = append(command.Environ(), request.GetEnv()...)
	command.Dir = request.GetPwd()
	if isPolicyPack {
		command.Dir = directory
	}

	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	command.Stdout, command.Stderr = stdout, stderr
	if isPolicyPack {
		err = runPolicyPack(work, command, stdout)
	} else {
		err = runChild(command)
	}
	closed := closer.Close()

	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return stream.Send(&pulumirpc.RunPluginResponse{
			Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(exit.ExitCode())},
		})
	}
	if err != nil {
		return fmt.Errorf("the plugin could not be run: %w", err)
	}
	return closed
}

// runPolicyPack puts the SDK's proxy before the pack: the pack takes the stack's name and configuration from its
// environment at start, and the engine tells them only over the connection.
func runPolicyPack(ctx context.Context, command *exec.Cmd, stdout io.Writer) error {
	proxy, packStdout, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return fmt.Errorf("starting the policy pack's proxy: %w", err)
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return fmt.Errorf("waiting for the policy pack's configuration: %w", err)
	}
	if stack != nil {
		if command.Env, err = policyEnvironment(command.Env, stack); err != nil {
			return err
		}
	}
	command.Stdout = packStdout

	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := startChild(command); err != nil {
		return err
	}
	return proxy.Attach(ctx, command)
}

func policyEnvironment(environment []string, stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	configuration := stack.GetConfig()
	if configuration == nil {
		configuration = map[string]string{}
	}
	configurationJSON, err := json.Marshal(configuration)
	if err != nil {
		return nil, err
	}
	// An organization that is set but empty is not the same to the SDK as none.
	if organization := stack.GetOrganization(); organization != "" {
		environment = append(environment, "PULUMI_ORGANIZATION="+organization)
	}
	return append(environment,
		"PULUMI_PROJECT="+stack.GetProject(),
		"PULUMI_STACK="+stack.GetStack(),
		"PULUMI_DRY_RUN="+strconv.FormatBool(stack.GetDryRun()),
		"PULUMI_CONFIG="+string(configurationJSON),
	), nil
}
