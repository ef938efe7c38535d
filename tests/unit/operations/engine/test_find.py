from __future__ import annotations

from pathlib import Path

import pytest

from operations.engine import find, from_modules, golang, official
from operations.engine.engine import Engine
from operations.engine.find import ensure_engine, find_engine
from operations.engine.official import DownloadFailed
from operations.engine.version import ENGINE_VERSION
from operations.errors import InputError, MachineError
from tests.unit.operations.engine.conftest import MakeProgram


def put_engine(bin_dir: Path) -> None:
    bin_dir.mkdir(parents=True)
    for name in ("pulumi", "pulumi-language-python", "pulumi-language-python-exec"):
        (bin_dir / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (bin_dir / name).chmod(0o755)


@pytest.fixture(autouse=True)
def nothing_here(cache: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("METROPOLE_ENGINE", raising=False)

    def unreachable(_progress: object) -> Engine:
        raise DownloadFailed("example.org cannot be reached")

    monkeypatch.setattr(find, "download_official", unreachable)


def test_the_machines_own_comes_first(make_program: MakeProgram) -> None:
    put_engine(official._entry() / "bin")  # pyright: ignore[reportPrivateUsage] - where a download would have put it
    make_program("pulumi", f"echo v{ENGINE_VERSION}")
    make_program("pulumi-language-python", "")
    assert ensure_engine(print).origin == "path"


def test_then_the_official_release_then_the_modules() -> None:
    put_engine(from_modules._entry() / "bin")  # pyright: ignore[reportPrivateUsage] - where a build would have put it
    assert ensure_engine(print).origin == "modules"
    put_engine(official._entry() / "bin")  # pyright: ignore[reportPrivateUsage] - where a download would have put it
    assert ensure_engine(print).origin == "official"


@pytest.mark.parametrize("origin", ["official", "modules"])
def test_an_origin_can_be_forced(origin: str, monkeypatch: pytest.MonkeyPatch, make_program: MakeProgram) -> None:
    make_program("pulumi", f"echo v{ENGINE_VERSION}")
    make_program("pulumi-language-python", "")
    put_engine(from_modules._entry() / "bin")  # pyright: ignore[reportPrivateUsage] - where a build would have put it
    put_engine(official._entry() / "bin")  # pyright: ignore[reportPrivateUsage] - where a download would have put it
    monkeypatch.setenv("METROPOLE_ENGINE", origin)
    assert ensure_engine(print).origin == origin


def test_an_engine_that_lost_a_file_is_none() -> None:
    bin_dir = from_modules._entry() / "bin"  # pyright: ignore[reportPrivateUsage] - where a build would have put it
    put_engine(bin_dir)
    (bin_dir / "pulumi-language-python-exec").unlink()
    assert find_engine()[0] is None


def test_an_unknown_origin_is_the_users_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METROPOLE_ENGINE", "hope")
    with pytest.raises(InputError, match="hope"):
        ensure_engine(print)


def test_a_forced_path_builds_nothing(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setenv("METROPOLE_ENGINE", "path")
    with pytest.raises(MachineError, match="no pulumi on PATH"):
        ensure_engine(print)
    assert not (cache / "engine").exists()


def test_no_go_and_no_network_is_said_origin_by_origin(make_program: MakeProgram, cache: Path) -> None:
    make_program("uv", "echo 'error: dial tcp: lookup example.org: no such host' >&2; exit 2")
    with pytest.raises(MachineError) as caught:
        ensure_engine(print)
    message = caught.value.message
    assert caught.value.exit_code == 3
    assert "there is no pulumi on PATH" in message
    assert "example.org cannot be reached" in message
    assert f"Go {golang.required_go()} or newer is missing" in message
    assert "install Pulumi" in (caught.value.remedy or "")
    assert "install Go" in (caught.value.remedy or "")
    assert list((cache / "engine").iterdir()) == []


def test_neither_go_nor_uv_is_said(cache: Path) -> None:
    with pytest.raises(MachineError, match="and so is uv"):
        ensure_engine(print)
