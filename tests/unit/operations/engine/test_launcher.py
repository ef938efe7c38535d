"""The launcher, run for real on checkouts whose Python environment is a stand-in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from operations.paths import CHECKOUT
from tests.unit.operations.engine.conftest import MakeProgram

SYSTEM_PATH = "/usr/bin:/bin"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "check out"
    (root / "operations" / "engine").mkdir(parents=True)
    shutil.copy(CHECKOUT / "metro", root / "metro")
    for name in ("requirements.lock", "pyproject.toml", "operations/engine/uv-requirements.lock"):
        (root / name).write_text(name, encoding="utf-8")
    return root


@pytest.fixture
def uv(make_program: MakeProgram) -> Path:
    """A uv that notes what it was asked for, and makes environments whose Python prints its arguments."""
    return make_program(
        "uv",
        """
[ "$1" = --version ] && echo "uv 1" && exit
echo "$*" >>"$UV_NOTES"
[ -n "${UV_FAILS:-}" ] && [ "$2 $3" = "pip sync" ] && echo "no such host" >&2 && exit 2
[ -n "${UV_SLEEPS:-}" ] && sleep "$UV_SLEEPS"
case $* in *"--quiet venv"*)
  for last; do :; done
  mkdir -p "$last/bin"
  mkdir -p "$last/lib/python3.11/site-packages/one-1.dist-info" "$last/lib/python3.11/site-packages/two-2.dist-info"
  printf '#!/bin/sh\\n[ "$1" = -c ] && exit 0\\nprintf "%%s\\\\n" "$PWD" "$@"\\nexit 7\\n' >"$last/bin/python"
  chmod +x "$last/bin/python"
esac
""",
    )


@pytest.fixture
def environment(tmp_path: Path, programs: Path, uv: Path) -> dict[str, str]:
    return {
        "PATH": f"{programs}:{SYSTEM_PATH}",
        "HOME": str(tmp_path / "home"),
        "METROPOLE_CACHE": str(tmp_path / "cache"),
        "UV_NOTES": str(tmp_path / "notes"),
        "PYTHONPATH": "/somewhere/else",
    }


def run(program: Path, environment: dict[str, str], cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *arguments], env=environment, cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )


def test_it_makes_the_environment_and_hands_over(checkout: Path, environment: dict[str, str], tmp_path: Path) -> None:
    done = run(checkout / "metro", environment, tmp_path, "plan", "--territory", "two words")
    assert done.returncode == 7, done.stderr
    assert done.stdout.splitlines() == [
        str(tmp_path), "-P", "-m", "operations", "plan", "--territory", "two words",
    ]  # fmt: skip
    said = done.stderr.splitlines()
    assert said[0] == f"metro: preparing the Python environment {checkout}/.venv"
    assert re.fullmatch(r"metro: 2 packages ready in \d+ s", said[1])
    assert len(said) == 2
    notes = (tmp_path / "notes").read_text(encoding="utf-8")
    assert "--require-hashes requirements.lock" in notes
    assert "--no-deps --no-build-isolation --editable ." in notes


def test_a_second_run_prepares_nothing(checkout: Path, environment: dict[str, str], tmp_path: Path) -> None:
    run(checkout / "metro", environment, tmp_path)
    (tmp_path / "notes").unlink()
    assert run(checkout / "metro", environment, tmp_path, "x").stderr == ""
    assert not (tmp_path / "notes").exists()


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_refreshes_it(checkout: Path, environment: dict[str, str], tmp_path: Path, changed: str) -> None:
    run(checkout / "metro", environment, tmp_path)
    (checkout / changed).write_text("other", encoding="utf-8")
    (tmp_path / "notes").unlink()
    assert "preparing" in run(checkout / "metro", environment, tmp_path).stderr
    assert "--quiet venv" not in (tmp_path / "notes").read_text(encoding="utf-8"), "the environment itself still serves"


def test_a_moved_checkout_refreshes_it(checkout: Path, environment: dict[str, str], tmp_path: Path) -> None:
    run(checkout / "metro", environment, tmp_path)
    moved = checkout.rename(tmp_path / "moved")
    assert "preparing" in run(moved / "metro", environment, tmp_path).stderr


def test_it_finds_its_checkout_through_links(checkout: Path, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to(checkout / "metro")
    assert run(tmp_path / "one", environment, Path("/")).returncode == 7
    environment["PATH"] = f"{tmp_path}:{environment['PATH']}"
    done = subprocess.run(["one"], env=environment, cwd="/", capture_output=True, check=False)
    assert done.returncode == 7


def test_what_fails_is_said_and_tried_again(checkout: Path, environment: dict[str, str], tmp_path: Path) -> None:
    done = run(checkout / "metro", {**environment, "UV_FAILS": "1"}, tmp_path)
    assert done.returncode == 3
    assert "no such host" in done.stderr
    assert "remedy: check the network" in done.stderr
    assert run(checkout / "metro", environment, tmp_path).returncode == 7


def test_an_old_python_is_named(
    checkout: Path, environment: dict[str, str], tmp_path: Path, make_program: MakeProgram
) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14", "python3.15"):
        make_program(name, '[ "$1" = --version ] && echo "Python 3.9.2" && exit; exit 1')
    done = run(checkout / "metro", environment, tmp_path)
    assert done.returncode == 3
    assert "3.11 or newer is needed; python3 here is Python 3.9.2" in done.stderr
    assert "remedy:" in done.stderr


def test_a_newer_python_beside_an_old_one_is_taken(
    checkout: Path, environment: dict[str, str], tmp_path: Path, make_program: MakeProgram
) -> None:
    make_program("python3", "exit 1")
    make_program("python3.11", f'exec {shutil.which("python3", path=SYSTEM_PATH)} "$@"')
    assert run(checkout / "metro", environment, tmp_path).returncode == 7


def test_a_cache_that_cannot_be_made_is_said(checkout: Path, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(checkout / "metro", {**environment, "METROPOLE_CACHE": str(tmp_path / "file" / "x")}, tmp_path)
    assert done.returncode == 3
    assert "METROPOLE_CACHE" in done.stderr


def test_a_read_only_checkout_is_said(checkout: Path, environment: dict[str, str]) -> None:
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as directory:
        # pytest's own directories let nobody but root through.
        Path(directory).chmod(0o755)
        copy = Path(shutil.copytree(checkout, Path(directory) / "checkout"))
        copy.chmod(0o555)
        done = subprocess.run(
            [*as_nobody, copy / "metro"], env=environment, cwd="/", capture_output=True, text=True, check=False
        )
        copy.chmod(0o755)
    assert done.returncode == 3
    assert "is read-only" in done.stderr
    assert "remedy:" in done.stderr


def test_two_at_once_make_it_once(checkout: Path, environment: dict[str, str], tmp_path: Path) -> None:
    slow = {**environment, "UV_SLEEPS": "1"}
    pair = [
        subprocess.Popen([checkout / "metro"], env=slow, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    errors = [process.communicate(timeout=60)[1] for process in pair]
    assert [process.returncode for process in pair] == [7, 7], errors
    assert (tmp_path / "notes").read_text(encoding="utf-8").count("pip sync") == 1
    assert sum(b"another metro is preparing" in text for text in errors) == 1
