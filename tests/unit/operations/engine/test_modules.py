from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from operations.engine import golang, modules
from operations.engine.command import run_long
from operations.engine.golang import find_go
from operations.engine.modules import Target, build, sources_hash
from operations.errors import MachineError
from tests.unit.operations.engine.conftest import MakeProgram


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "toolchain"
    (root / "cmd" / "vcsim").mkdir(parents=True)
    (root / "go.mod").write_text("module m\n\ngo 1.25.11\n", encoding="utf-8")
    (root / "go.sum").write_text("", encoding="utf-8")
    (root / "cmd" / "vcsim" / "main.go").write_text("package main\n", encoding="utf-8")
    for module in (modules, golang):
        monkeypatch.setattr(module, "TOOLCHAIN", root)
    return root


def test_the_hash_follows_the_sources_alone(sources: Path) -> None:
    before = sources_hash("cmd/vcsim")
    (sources / "cmd" / "vcsim" / "main_test.go").write_text("package main\n", encoding="utf-8")
    assert sources_hash("cmd/vcsim") == before
    (sources / "cmd" / "vcsim" / "main.go").write_text("package main // changed\n", encoding="utf-8")
    changed = sources_hash("cmd/vcsim")
    assert changed != before
    (sources / "go.sum").write_text("x", encoding="utf-8")
    assert sources_hash("cmd/vcsim") != changed


@pytest.mark.parametrize(
    ("said", "serves"),
    [("go1.26.8", True), ("go1.25.11", True), ("go1.25.9", False), ("devel", False)],
)
def test_a_go_serves_from_the_version_go_mod_names(
    sources: Path,
    cache: Path,
    programs: Path,
    make_program: MakeProgram,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    serves: bool,
) -> None:
    make_program("go", f"echo {said}")
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    assert (find_go() is not None) is serves


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("go: dial tcp: lookup example.org: no such host", "could not be downloaded"),
        ("x509: certificate signed by unknown authority", "does not trust"),
        ("compile: signal: killed", "want of memory"),
        ("main.go:1:1: syntax error", "syntax error"),
    ],
)
def test_a_failed_build_says_what_helps(
    sources: Path,
    cache: Path,
    programs: Path,
    make_program: MakeProgram,
    monkeypatch: pytest.MonkeyPatch,
    output: str,
    message: str,
) -> None:
    make_program("go", f'[ "$1" = env ] && echo go1.26.8 && exit; echo "{output}" >&2; exit 1')
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(modules, "_SPACE_GIB", 0.0)
    with pytest.raises(MachineError, match=message):
        build([Target("./cmd/vcsim", cache / "vcsim")], print)


def test_progress_names_what_is_compiled(
    sources: Path,
    cache: Path,
    programs: Path,
    make_program: MakeProgram,
    monkeypatch: pytest.MonkeyPatch,
    said: list[str],
) -> None:
    script = (
        '[ "$1" = env ] && echo go1.26.8 && exit; echo "go: downloading example.org/a v1"; sleep 1.5; echo b/c; sleep 2'
    )
    make_program("go", script)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(modules, "_SPACE_GIB", 0.0)
    build([Target("./cmd/vcsim", cache / "vcsim")], said.append)
    assert any(text.startswith("vcsim: downloading example.org/a (") for text in said)
    assert any(text.startswith("vcsim: 1 packages compiled, last b/c") for text in said)


def test_a_command_does_not_outlive_an_interrupt(tmp_path: Path) -> None:
    marker = tmp_path / "pid"

    def interrupt(_text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_long(
            ["sh", "-c", f"sleep 60 & echo $! > {marker}; wait"],
            cwd=tmp_path,
            environment=os.environ,
            progress=interrupt,
            describe=str,
        )
    _assert_gone(int(marker.read_text(encoding="utf-8")))


KILLED = """
import os, pathlib
from operations.engine.command import run_long
run_long(["sh", "-c", "echo $$; exec sleep 60"], cwd=pathlib.Path("."), environment=os.environ,
         progress=lambda text: None, describe=lambda line: print(line, flush=True) or line)
"""


def test_a_command_does_not_outlive_a_kill(tmp_path: Path) -> None:
    import sys

    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
    _assert_gone(child)


def _assert_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {pid} lives on"
        time.sleep(0.05)
