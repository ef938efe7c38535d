"""Debian's PostgreSQL: which one is taken, and what happens where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from operations import postgresql
from operations.errors import MachineError
from operations.postgresql import ensure_postgresql, find_postgresql


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without PostgreSQL, whose files are the test's own."""
    monkeypatch.setattr(postgresql, "DEBIAN_BINARIES", tmp_path / "lib")
    monkeypatch.setattr(postgresql, "CREATE_CLUSTER", tmp_path / "etc" / "createcluster.d")
    monkeypatch.setattr(shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    return tmp_path


def install(machine: Path, version: str, *programs: str) -> Path:
    binaries = machine / "lib" / version / "bin"
    binaries.mkdir(parents=True)
    for program in programs:
        (binaries / program).touch()
    return binaries


def silent(_: str) -> None:
    """Progress that nobody watches."""


def test_the_newest_whole_server_is_taken(machine: Path) -> None:
    install(machine, "9.6", "initdb", "postgres")
    newest = install(machine, "15", "initdb", "postgres")
    install(machine, "17", "psql")
    assert find_postgresql() == newest
    assert ensure_postgresql(silent) == newest


def test_who_is_not_root_is_told_what_root_would_do(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert find_postgresql() is None
    with pytest.raises(MachineError) as refusal:
        ensure_postgresql(silent)
    assert refusal.value.remedy == "as root: apt-get install postgresql"


@pytest.mark.parametrize("fails", [False, True])
def test_root_installs_it_and_no_server_is_set_up_by_the_package(
    machine: Path, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    def run(argv: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(argv[4])
        drop_in = machine / "etc" / "createcluster.d" / "metropole.conf"
        assert drop_in.read_text() == "create_main_cluster = false\n"
        if argv[4] == "install" and not fails:
            install(machine, "15", "initdb", "postgres")
        return subprocess.CompletedProcess(argv, int(fails), "", "E: no network\n")

    monkeypatch.setattr(subprocess, "run", run)
    if fails:
        with pytest.raises(MachineError, match="apt-get update failed: E: no network"):
            ensure_postgresql(silent)
    else:
        assert ensure_postgresql(silent) == machine / "lib" / "15" / "bin"
        assert asked == ["update", "install"]
    assert not (machine / "etc" / "createcluster.d").exists()
