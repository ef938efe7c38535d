"""Running `metro` as people do, in a process of its own on a state of its own, and looking at the result past it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from operations.deployment.project import Project
from operations.recovery.own_processes import ENGINE
from operations.yaml_files import read_mapping
from stacks.guard import NO_GUARD, SOCKET_VARIABLE
from tests.twin.operations.inventory import VCenterInventory

CHECKOUT = Path(__file__).resolve().parents[3]
TIMEOUT_S = 600
"""Far beyond what any command takes, also on a machine that has other things to do."""


@dataclass(frozen=True)
class Answer:
    """How one command ended."""

    code: int
    json: dict[str, Any]
    stderr: str

    def changes(self) -> dict[str, int]:
        """Stack to how much of it changed."""
        return {
            stack["name"]: stack["created"] + stack["updated"] + stack["replaced"] + stack["deleted"]
            for stack in self.json["stacks"]
        }


@dataclass(frozen=True)
class Metro:
    """The command on one state directory."""

    state: Path

    @property
    def project(self) -> Project:
        """The generated project."""
        return Project(self.state)

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """A person's environment, with this state. Programs ask no gate: tests/twin/policy is about theirs."""
        ours = {"METROPOLE_STATE": str(self.state), SOCKET_VARIABLE: NO_GUARD, "COLUMNS": "200"}
        return {**os.environ, **ours, **(extra or {})}

    def start(self, *arguments: str, extra: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Begin a command; its output is JSON on stdout. Without a tier it works in `api` and asks no rules.

        tests/hosts is about the other one.
        """
        verb, *rest = arguments
        usual = {"up": ["--tier", "api", "--no-gate"], "approve": ["--tier", "api"]}
        unsaid = [] if "--tier" in rest else usual.get(verb, [])
        return subprocess.Popen(
            [sys.executable, "-m", "operations", verb, *unsaid, *rest, "--json"],
            cwd=CHECKOUT,
            env=self.environment(extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, extra: Mapping[str, str] | None = None) -> Answer:
        """Run a command to its end, whatever that is."""
        return finish(self.start(*arguments, extra=extra))

    def succeed(self, *arguments: str) -> Answer:
        """Run a command that has to end with 0."""
        answer = self.run(*arguments)
        assert answer.code == 0, answer.stderr
        return answer

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Plain `pulumi`, as after `eval "$(./metro env)"`."""
        return subprocess.run(
            ["pulumi", *arguments],
            cwd=CHECKOUT,
            env=self.environment({"PATH": f"{self.project.shim.parent}{os.pathsep}{os.environ['PATH']}"}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    def vcenters(self, territory: str = "sandbox") -> dict[str, VCenterInventory]:
        """Independent views of a territory's vCenters."""
        directory = self.state / "worlds" / territory
        ports = {vcenter["id"]: vcenter["port"] for vcenter in read_mapping(directory / "world.yaml")["vcenters"]}
        accounts = read_mapping(directory / "credentials.yaml")["vcenters"]
        return {
            name: VCenterInventory(port, accounts[name]["user"], accounts[name]["password"])
            for name, port in ports.items()
        }

    def engines(self) -> list[psutil.Process]:
        """The engines that work on this state now."""
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            try:
                if process.name() == ENGINE and process.environ().get("PULUMI_HOME") == str(self.project.pulumi_home):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def locks(self) -> list[Path]:
        """The engine's locks that are left."""
        return list((self.project.backend / ".pulumi" / "locks").rglob("*.json"))

    def deployed(self, stack: str) -> dict[str, Any]:
        """A stack's deployment, straight from its file."""
        content: dict[str, Any] = json.loads(self.project.state_file(stack).read_text())
        return content["checkpoint"]["latest"]


def finish(process: subprocess.Popen[str]) -> Answer:
    """Wait for a command that was begun."""
    try:
        output, errors = process.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        output, errors = process.communicate()
        raise AssertionError(f"not done after {TIMEOUT_S} s:\n{errors}") from None
    return Answer(process.returncode, json.loads(output) if output.strip() else {}, errors)
