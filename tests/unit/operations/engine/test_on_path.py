from __future__ import annotations

import os
from pathlib import Path

from operations.deployment.project import SHIM
from operations.engine.on_path import SHIM_MARK, engine_on_path
from tests.unit.operations.engine.conftest import MakeProgram


def test_a_recent_engine_with_its_language_host_serves(programs: Path, make_program: MakeProgram) -> None:
    make_program("pulumi", "echo v3.259.0")
    make_program("pulumi-language-python", "")
    engine, said = engine_on_path(str(programs))
    assert engine is not None
    assert (engine.version, engine.origin, engine.bin_dir) == ("3.259.0", "path", programs)
    assert "3.259.0" in said


def test_an_old_engine_is_refused_with_its_version(programs: Path, make_program: MakeProgram) -> None:
    make_program("pulumi", "echo v3.100.0")
    make_program("pulumi-language-python", "")
    engine, said = engine_on_path(str(programs))
    assert engine is None
    assert "v3.100.0" in said


def test_an_engine_without_language_host_is_refused(programs: Path, make_program: MakeProgram) -> None:
    make_program("pulumi", "echo v3.259.0")
    engine, said = engine_on_path(str(programs))
    assert engine is None
    assert "pulumi-language-python" in said


def test_the_language_host_may_lie_beside_what_a_link_points_to(
    tmp_path: Path, programs: Path, make_program: MakeProgram
) -> None:
    make_program("pulumi", "echo v3.259.0")
    make_program("pulumi-language-python", "")
    links = tmp_path / "links"
    links.mkdir()
    (links / "pulumi").symlink_to(programs / "pulumi")
    engine, _ = engine_on_path(str(links))
    assert engine is not None


def test_an_engine_that_does_not_run_is_refused(programs: Path, make_program: MakeProgram) -> None:
    make_program("pulumi", "exit 1")
    engine, said = engine_on_path(str(programs))
    assert engine is None
    assert "does not tell its version" in said


def test_our_own_shim_is_passed_over(tmp_path: Path, programs: Path, make_program: MakeProgram) -> None:
    make_program("pulumi", "echo v3.259.0")
    make_program("pulumi-language-python", "")
    shims = tmp_path / "shims"
    shims.mkdir()
    (shims / "pulumi").write_bytes(b"#!/bin/sh\n" + SHIM_MARK + b": ...\necho v9.9.9\n")
    (shims / "pulumi").chmod(0o755)
    engine, _ = engine_on_path(os.pathsep.join([str(shims), str(programs)]))
    assert engine is not None
    assert engine.bin_dir == programs


def test_the_shim_says_that_it_is_one() -> None:
    assert SHIM_MARK in SHIM.encode()[:200]


def test_no_engine_is_no_error(tmp_path: Path) -> None:
    assert engine_on_path(str(tmp_path)) == (None, "there is no pulumi on PATH")
