"""The house rules that tools can check: style, types, imports."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

CHECKS = {
    "lint": ["ruff", "check", "--quiet"],
    "format": ["ruff", "format", "--check", "--quiet"],
    "imports": ["lint-imports"],
    "types": ["pyright", "--warnings"],
}


@pytest.mark.parametrize("name", CHECKS)
def test_the_code_passes(name: str) -> None:
    program, *arguments = CHECKS[name]
    finished = subprocess.run(
        [CHECKOUT / ".venv" / "bin" / program, *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, f"{program} {' '.join(arguments)}\n{finished.stdout}{finished.stderr}"
