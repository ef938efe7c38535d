"""Reading a host key off the disk of a guest that may have put anything there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from twin.hosts import host_key as module
from twin.hosts.host_key import host_key

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKw="


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root directory that stands for every process's."""
    (tmp_path / "etc/ssh").mkdir(parents=True)
    really = os.open

    def opened(path: object, flags: int, **more: int) -> int:
        return really(tmp_path if str(path).startswith("/proc/") else str(path), flags, **more)

    monkeypatch.setattr(module.os, "open", opened)
    return tmp_path


def place(disk: Path) -> Path:
    return disk / "etc/ssh/ssh_host_ed25519_key.pub"


def test_the_key_is_taken_and_its_comment_left(disk: Path) -> None:
    place(disk).write_text(f"{KEY} root@lac-bastion\n")
    assert host_key(1) == KEY


def test_a_guest_without_a_key_has_none(disk: Path) -> None:
    assert host_key(1) == ""


@pytest.mark.parametrize("text", ["", "garbage", "ssh-rsa AAAA", f"* {KEY}", "\xff" * 2000])
def test_what_is_no_key_is_not_taken(disk: Path, text: str) -> None:
    place(disk).write_text(text, encoding="latin-1")
    assert host_key(1) == ""


def test_no_link_is_followed(disk: Path) -> None:
    (disk / "elsewhere").write_text(KEY)
    place(disk).symlink_to(disk / "elsewhere")
    assert host_key(1) == ""
    place(disk).unlink()
    (disk / "etc/ssh").rmdir()
    (disk / "etc/ssh").symlink_to(disk)
    (disk / place(disk).name).write_text(KEY)
    assert host_key(1) == ""


def test_what_never_ends_is_not_waited_for(disk: Path) -> None:
    os.mkfifo(place(disk))
    assert host_key(1) == ""


def test_no_descriptor_is_left_open(disk: Path) -> None:
    place(disk).write_text(KEY)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        host_key(1)
    place(disk).unlink()
    for _ in range(20):
        host_key(1)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
