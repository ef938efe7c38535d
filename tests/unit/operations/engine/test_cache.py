from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from operations.engine.cache import cache_directory, locked, mark_used, new_entry, require_space
from operations.errors import MachineError


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("METROPOLE_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_directory() == tmp_path / ".cache" / "metropole"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_directory() == tmp_path / "xdg" / "metropole"
    monkeypatch.setenv("METROPOLE_CACHE", str(tmp_path / "ours"))
    assert cache_directory() == tmp_path / "ours"


def test_an_entry_appears_whole(cache: Path) -> None:
    entry = cache / "engine" / "1"
    with new_entry(entry) as staging:
        (staging / "pulumi").write_text("x", encoding="utf-8")
        assert not entry.exists()
    assert (entry / "pulumi").read_text(encoding="utf-8") == "x"
    assert [each.name for each in entry.parent.iterdir()] == ["1"]


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_an_entry_that_fails_leaves_nothing(cache: Path, failure: type[BaseException]) -> None:
    def fill() -> None:
        with new_entry(cache / "engine" / "1") as staging:
            (staging / "half").write_text("x", encoding="utf-8")
            raise failure

    with pytest.raises(failure):
        fill()
    assert list((cache / "engine").iterdir()) == []


def test_leftovers_of_a_killed_process_are_swept(cache: Path) -> None:
    (cache / "engine" / ".1.abcdef").mkdir(parents=True)
    with new_entry(cache / "engine" / "1"):
        pass
    assert [each.name for each in (cache / "engine").iterdir()] == ["1"]


def test_entries_unused_for_long_make_room(cache: Path) -> None:
    for name in ("old", "used"):
        (cache / "engine" / name).mkdir(parents=True)
        os.utime(cache / "engine" / name, (0, 0))
    mark_used(cache / "engine" / "used")
    with new_entry(cache / "engine" / "new"):
        pass
    assert {each.name for each in (cache / "engine").iterdir()} == {"used", "new"}


HOLDER = """
import sys, time
from operations.engine.cache import locked
with locked("engine", lambda text: None):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_waits_and_says_so_until_the_first_is_gone(cache: Path, said: list[str]) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        def progress(text: str) -> None:
            said.append(text)
            holder.kill()

        begun = time.monotonic()
        with locked("engine", progress):
            assert time.monotonic() - begun < 10
    assert "another metro is preparing it" in said[0]


def test_a_cache_that_cannot_be_made_names_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("METROPOLE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(MachineError) as caught, locked("engine", print):
        pass
    assert caught.value.exit_code == 3
    assert "METROPOLE_CACHE" in (caught.value.remedy or "")


def test_too_little_space_is_said_before_the_work(cache: Path) -> None:
    with pytest.raises(MachineError, match="needs 1e"):
        require_space(1e9, "a test")
