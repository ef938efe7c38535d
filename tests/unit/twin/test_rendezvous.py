"""A daemon is alive while it holds its lock, whatever the files say."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from twin.rendezvous import Rendezvous, is_alive, read_rendezvous, take_lock, write_rendezvous


def test_nothing_there_means_no_daemon(tmp_path: Path) -> None:
    assert not is_alive(tmp_path / "never")
    assert read_rendezvous(tmp_path) is None


def test_a_file_without_a_lock_is_what_a_dead_daemon_left(tmp_path: Path) -> None:
    write_rendezvous(tmp_path, Rendezvous(os.getpid(), 1, "token"))
    assert read_rendezvous(tmp_path) is None


def test_the_lock_is_for_one_and_lives_as_long_as_its_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.rendezvous._LOCK_PAUSE", 0.0)
    mine = take_lock(tmp_path)
    assert mine is not None
    assert take_lock(tmp_path) is None
    write_rendezvous(tmp_path, Rendezvous(7, 1, "token"))
    assert read_rendezvous(tmp_path) == Rendezvous(7, 1, "token")
    os.close(mine)
    assert read_rendezvous(tmp_path) is None


def test_half_a_file_is_no_daemon(tmp_path: Path) -> None:
    mine = take_lock(tmp_path)
    (tmp_path / "daemon.json").write_text(json.dumps({"pid": 7}))
    assert read_rendezvous(tmp_path) is None
    assert mine is not None
    os.close(mine)


def test_the_token_is_for_this_user_only_and_never_shown(tmp_path: Path) -> None:
    write_rendezvous(tmp_path, Rendezvous(7, 1, "secret-token"))
    assert stat.S_IMODE((tmp_path / "daemon.json").stat().st_mode) == 0o600
    assert "secret-token" not in repr(Rendezvous(7, 1, "secret-token"))
