"""A territory's stacks in a state that several people share, on a twin's world: plain `pulumi`, as for real."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.deployment.stack_configuration import StackConfiguration, twin_configuration
from operations.recovery.own_processes import RunId
from operations.territories import choose_territory
from operations.worlds.session import TwinSession
from operations.worlds.world import World
from operations.yaml_files import write_mapping
from tests.twin.operations.metro import CHECKOUT

TIMEOUT_S = 120
STACK = "sandbox-datacenters"


def sandbox_datacenters(world: World) -> StackConfiguration:
    """The configuration of the stack that these tests deploy."""
    territory = choose_territory("sandbox")
    stack = next(stack for stack in territory.stacks if stack.name == STACK)
    return twin_configuration(territory, stack, world)


@dataclass(frozen=True)
class SharedState:
    """One backend as one person's `pulumi` works on it."""

    session: TwinSession
    directory: Path
    """The project: its `Pulumi.yaml` and the stacks' configuration."""
    variables: Mapping[str, str]
    """`PULUMI_BACKEND_URL` and what it needs; holds no secret."""

    def pulumi(self, *arguments: str, told: str | None = None, code: int | None = 0) -> str:
        """Run the engine; what it is told on standard input is no argument. Returns what it printed."""
        environment = self.session.project.environment(os.environ, RunId.mine())
        finished = subprocess.run(
            [self.session.engine.pulumi, *arguments, "--non-interactive", "--color=never"],
            cwd=self.directory,
            env={**environment, **self.variables},
            input=told or "",
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert code is None or finished.returncode == code, finished.stdout + finished.stderr
        return finished.stdout if finished.returncode == 0 else finished.stdout + finished.stderr

    def begin(self, wanted: StackConfiguration, *options: str) -> None:
        """Make a stack, configured as the twin's own is."""
        file = self.directory / "config" / f"Pulumi.{wanted.stack}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        write_mapping(
            self.directory / "Pulumi.yaml",
            {
                "name": "metropole",
                "main": str(CHECKOUT / "stacks"),
                "stackConfigDir": "config",
                "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}},
            },
        )
        write_mapping(file, {"config": dict(wanted.plain)})
        self.pulumi("stack", "init", wanted.stack, "--no-select", *options)
        for key, value in wanted.secret.items():
            self.pulumi("config", "set", key, "--secret", "--stack", wanted.stack, told=json.dumps(value))

    def elsewhere(self, variables: Mapping[str, str], directory: Path) -> SharedState:
        """The same project, checked out somewhere else, on another copy of the state."""
        shutil.copytree(self.directory, directory)
        return SharedState(self.session, directory, variables)

    def stacks(self) -> dict[str, int]:
        """Stack to how many resources it has."""
        listed: list[dict[str, Any]] = json.loads(self.pulumi("stack", "ls", "--json"))
        return {each["name"]: each["resourceCount"] for each in listed}

    def unchanged(self, stack: str) -> str:
        """A preview that refuses any change."""
        return self.pulumi("preview", "--stack", stack, "--expect-no-changes", "--refresh")
