package main

import (
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// resolvePython finds the Python that the `runtime.options` of a Pulumi.yaml ask for. A plugin without a virtualenv of
// its own uses `venv`; a program may fall back to the Python on PATH.
func resolvePython(info *pulumirpc.ProgramInfo, isPlugin bool) (toolchain.Toolchain, toolchain.PythonOptions, error) {
	options := toolchain.PythonOptions{Root: info.GetRootDirectory(), ProgramDir: info.GetProgramDirectory()}
	if isPlugin {
		options.Virtualenv = "venv"
	}
	for name, value := range info.GetOptions().AsMap() {
		text, ok := value.(string)
		if !ok {
			return nil, options, fmt.Errorf("runtime option %q must be a string, found %v", name, value)
		}
		if err := setOption(&options, name, text); err != nil {
			return nil, options, err
		}
	}
	python, err := toolchain.ResolveToolchain(options)
	return python, options, err
}

// setOption sets one of the options that the official host knows; like there, unknown names are passed over.
func setOption(options *toolchain.PythonOptions, name, value string) error {
	switch name + "=" + value {
	case "typechecker=mypy":
		options.Typechecker = toolchain.TypeCheckerMypy
	case "typechecker=pyright":
		options.Typechecker = toolchain.TypeCheckerPyright
	case "toolchain=pip":
		options.Toolchain = toolchain.Pip
	case "toolchain=poetry":
		options.Toolchain = toolchain.Poetry
	case "toolchain=uv":
		options.Toolchain = toolchain.Uv
	default:
		switch name {
		case "virtualenv":
			options.Virtualenv = value
		case "typechecker", "toolchain":
			return fmt.Errorf("runtime option %q does not know %q", name, value)
		}
	}
	return nil
}
