package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const printSearchPath = "import json, sys; print(json.dumps([p for p in sys.path if p]))"

// GetRequiredPackages names the provider plugins of the environment's packages: each such package carries a
// `pulumi-plugin.json`. The engine installs those it does not have yet.
func (h *languageHost) GetRequiredPackages(
	ctx context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	python, _, err := resolvePython(request.GetInfo(), false)
	if err != nil {
		return nil, err
	}
	if err := python.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	command, err := python.Command(ctx, "-c", printSearchPath)
	if err != nil {
		return nil, err
	}
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("asking Python for its search path: %w", err)
	}
	var searchPath []string
	if err := json.Unmarshal(output, &searchPath); err != nil {
		return nil, fmt.Errorf("reading Python's search path: %w", err)
	}
	packages, err := providerPackages(searchPath)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.GetRequiredPackagesResponse{Packages: packages}, nil
}

// providerPackages reads every `pulumi-plugin.json` on the search path; the first of a directory name wins, as it
// does for Python's own import.
func providerPackages(searchPath []string) ([]*pulumirpc.PackageDependency, error) {
	var packages []*pulumirpc.PackageDependency
	seen := map[string]bool{}
	for _, directory := range searchPath {
		files, err := filepath.Glob(filepath.Join(directory, "*", "pulumi-plugin.json"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			module := filepath.Base(filepath.Dir(file))
			if seen[module] {
				continue
			}
			seen[module] = true
			described, err := plugin.LoadPulumiPluginJSON(file)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", file, err)
			}
			if described.Resource {
				packages = append(packages, dependency(described, module))
			}
		}
	}
	return packages, nil
}

func dependency(described *plugin.PulumiPluginJSON, module string) *pulumirpc.PackageDependency {
	name := described.Name
	if name == "" {
		name = module
	}
	return &pulumirpc.PackageDependency{
		Name:             name,
		Kind:             string(apitype.ResourcePlugin),
		Version:          described.Version,
		Server:           described.Server,
		Parameterization: parameterization(described.Parameterization),
		Extension:        parameterization(described.ExtensionParameterization),
	}
}

func parameterization(described *plugin.PulumiParameterizationJSON) *pulumirpc.PackageParameterization {
	if described == nil {
		return nil
	}
	return &pulumirpc.PackageParameterization{
		Name: described.Name, Version: described.Version, Value: described.Value,
	}
}
