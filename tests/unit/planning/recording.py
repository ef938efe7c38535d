"""Runs a program given as a function, in the test's own process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from planning.configuration import program_configuration
from planning.plan import PlannedResource, StackPlan
from planning.program import Recorded, Stack, record
from planning.values import FingerprintKey

ROOT = Path(__file__).resolve().parents[3]
KEY = FingerprintKey(b"a key for tests")


def run(
    program: Callable[[], object],
    config: Mapping[str, object] | None = None,
    *,
    stack: str = "toy-dev",
    upstream: Mapping[str, Recorded] | None = None,
) -> Recorded:
    configuration = program_configuration(config or {}, "metropole")
    outputs = {name: recorded.outputs for name, recorded in (upstream or {}).items()}
    return record(program, Stack(stack, "layer", "metropole", ROOT, configuration), KEY, outputs)


def plan(program: Callable[[], object], config: Mapping[str, object] | None = None) -> StackPlan:
    return run(program, config).plan


def resource(planned: StackPlan, name: str) -> PlannedResource:
    (found,) = [resource for resource in planned.resources if resource.name == name]
    return found
