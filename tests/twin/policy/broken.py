"""Copies of the checkout in which something is broken, and the engine on a twin with such a copy's program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.twin.operations.metro import CHECKOUT, TIMEOUT_S, Metro

PACKAGES = ("territory", "components", "stacks", "planning", "policies", "providers", "operations", "twin")
STACK = "sandbox-cloud"
RULES = "components/cloud/security_groups.py"
PEER = "None if rule.peer_is_group else rule.peer,"


@dataclass(frozen=True)
class Break:
    """One text in one file of the checkout, and what stands there instead."""

    name: str
    file: str
    before: str
    after: str
    rule: str
    remedy: str
    """Part of what the doors have to say."""


OPEN_SSH = Break(
    "ssh open to everybody",
    RULES,
    PEER,
    'None if rule.peer_is_group else "0.0.0.0/0",',
    "NET-001",
    "remedy: Let in the bastions' addresses alone",
)
LATE_OPEN_SSH = Break(
    "ssh open to everybody, as only the engine learns",
    RULES,
    PEER,
    'None if rule.peer_is_group else self.group_ids[group].apply(lambda _: "0.0.0.0/0"),',
    "NET-001",
    "remedy: Let in the bastions' addresses alone",
)
CRASHING_RULE = Break(
    "a rule that crashes",
    "policies/rules/net_001.py",
    "    return any(first <= port <= last for port in ADMINISTRATIVE_PORTS)",
    "    return first / 0 > last",
    "NET-001",
    "the rule itself failed: ZeroDivisionError",
)


@dataclass(frozen=True)
class BrokenCheckout:
    """The copy, and the twin its programs are run on."""

    folder: Path
    metro: Metro

    @classmethod
    def make(cls, folder: Path, metro: Metro, broken: Break, *, guarded: bool = True) -> BrokenCheckout:
        """Copy the checkout and break it; without its guard, a program is one that nobody taught the gate."""
        for package in PACKAGES:
            shutil.copytree(CHECKOUT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("requirements.lock", "pyproject.toml"):
            shutil.copy(CHECKOUT / file, folder / file)
        (folder / ".venv").symlink_to(sys.prefix)
        changed = [(broken.file, broken.before, broken.after)]
        if not guarded:
            changed.append(("stacks/program.py", "        gate()\n", ""))
        for name, before, after in changed:
            text = (folder / name).read_text()
            assert before in text, f"{name} is not what it was when this was broken"
            (folder / name).write_text(text.replace(before, after))
        return cls(folder, metro)

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Plain `pulumi`, with the copy's program."""
        return self._run(["pulumi", *arguments, "--stack", STACK, "--color", "never"])

    def gate(self) -> subprocess.CompletedProcess[str]:
        """The copy's own `metro gate`."""
        return self._run([sys.executable, "-P", "-m", "operations", "gate", "-t", "sandbox"])

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        path = f"{self.metro.project.shim.parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.metro.environment({"PATH": path, "PYTHONPATH": str(self.folder)}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
