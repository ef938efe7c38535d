"""The house rules that tools can check: style, types, imports."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[2]

CHECKS = {
    "lint": ["ruff", "check", "--quiet"],
    "format": ["ruff", "format", "--check", "--quiet"],
    "imports": ["lint-imports"],
    "types": ["pyright", "--warnings"],
    "playbooks": ["ansible-lint", "-q", "--nocolor"],
}
FOLDERS = {"playbooks": CHECKOUT / "playbooks"}
"""Where a check runs, if not in the checkout."""


@pytest.mark.parametrize("name", CHECKS)
def test_the_code_passes(name: str) -> None:
    program, *arguments = CHECKS[name]
    finished = subprocess.run(
        [CHECKOUT / ".venv" / "bin" / program, *arguments],
        cwd=FOLDERS.get(name, CHECKOUT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, f"{program} {' '.join(arguments)}\n{finished.stdout}{finished.stderr}"


def test_the_lock_holds_what_pyproject_asks_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = dict(
        re.findall(r"^([a-z0-9-]+)==(\S+)", (CHECKOUT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for line in [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]:
        asked = Requirement(line)
        version = locked.get(canonicalize_name(asked.name))
        assert version is not None, f"{asked.name} is not in requirements.lock"
        assert asked.specifier.contains(version, prereleases=True), f"{asked} is locked at {version}"
