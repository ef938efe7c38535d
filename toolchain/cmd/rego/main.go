// Command rego judges resources by Rego policies under OPA, and says how long that took.
//
// It loads the policies of a folder and the resources of a JSON file, prepares its queries, and then answers each line
// it reads, the name of an arrangement, with one line of JSON: the seconds that evaluation alone took, and the answers.
//
//	resource  one evaluation of data.gate.answers a resource, its input being the resource
//	plan      one evaluation of data.gate.all, its input being the list of all resources
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

type run struct {
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"`
	// Answers has those of one resource, by rule, in the order of the resources.
	Answers []any `json:"answers"`
}

type bench struct {
	resources []ast.Value
	plan      ast.Value
	one       rego.PreparedEvalQuery
	all       rego.PreparedEvalQuery
}

func main() {
	if len(os.Args) != 3 {
		fail(errors.New("usage: rego POLICIES RESOURCES"))
	}
	ctx := context.Background()
	b, err := load(ctx, os.Args[1], os.Args[2])
	if err != nil {
		fail(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		found, err := b.run(ctx, lines.Text())
		if err != nil {
			fail(err)
		}
		if err := out.Encode(found); err != nil {
			fail(err)
		}
	}
}

func load(ctx context.Context, policies, resources string) (*bench, error) {
	text, err := os.ReadFile(resources)
	if err != nil {
		return nil, err
	}
	var parsed []any
	if err := json.Unmarshal(text, &parsed); err != nil {
		return nil, fmt.Errorf("%s: %w", resources, err)
	}
	b := &bench{}
	for _, resource := range parsed {
		value, err := ast.InterfaceToValue(resource)
		if err != nil {
			return nil, err
		}
		b.resources = append(b.resources, value)
	}
	if b.plan, err = ast.InterfaceToValue(parsed); err != nil {
		return nil, err
	}
	if b.one, err = prepared(ctx, policies, "data.gate.answers"); err != nil {
		return nil, err
	}
	b.all, err = prepared(ctx, policies, "data.gate.all")
	return b, err
}

func prepared(ctx context.Context, policies, query string) (rego.PreparedEvalQuery, error) {
	return rego.New(rego.Query(query), rego.Load([]string{policies}, nil)).PrepareForEval(ctx)
}

func (b *bench) run(ctx context.Context, arrangement string) (*run, error) {
	runtime.GC()
	cpu, started := cpuSeconds(), time.Now()
	var found []any
	switch arrangement {
	case "resource":
		found = make([]any, len(b.resources))
		for index, resource := range b.resources {
			value, err := evaluated(ctx, b.one, resource)
			if err != nil {
				return nil, err
			}
			found[index] = value
		}
	case "plan":
		value, err := evaluated(ctx, b.all, b.plan)
		if err != nil {
			return nil, err
		}
		list, ok := value.([]any)
		if !ok {
			return nil, errors.New("data.gate.all is no list")
		}
		found = list
	default:
		return nil, fmt.Errorf("there is no arrangement %q: expected resource or plan", arrangement)
	}
	return &run{Seconds: time.Since(started).Seconds(), CPUSeconds: cpuSeconds() - cpu, Answers: found}, nil
}

// cpuSeconds is what the processors have spent on this process, its garbage collector included.
func cpuSeconds() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

func evaluated(ctx context.Context, query rego.PreparedEvalQuery, input ast.Value) (any, error) {
	results, err := query.Eval(ctx, rego.EvalParsedInput(input))
	if err != nil {
		return nil, err
	}
	if len(results) != 1 || len(results[0].Expressions) != 1 {
		return nil, errors.New("the query has no single value: a policy is undefined for a resource")
	}
	return results[0].Expressions[0].Value, nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "rego:", err)
	os.Exit(1)
}
