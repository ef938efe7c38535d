"""A host is waited for, but not for ever, and one with another key not at all."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from providers.hosts import ssh
from providers.hosts.ssh import Ssh, end_connections
from tests.unit.providers.hosts.ground import Ground


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    made = Ground(tmp_path)
    monkeypatch.setenv("PATH", str(made.programs), prepend=":")
    monkeypatch.setattr(ssh, "_PAUSE", 0.1)
    return made


def _said(ground: Ground, line: str) -> None:
    """Have `ssh` say this and fail."""
    program = ground.programs / "ssh"
    text = f"#!/bin/sh\necho x >> {ground.directory}/connections\nprintf '%s\\n' '{line}' >&2\nexit 255\n"
    program.write_text(text, encoding="utf-8")


def test_a_host_that_boots_is_waited_for(ground: Ground) -> None:
    threading.Timer(0.5, ground.host, ("slow",)).start()
    assert Ssh(ground.ssh_config, threading.Event()).knock("slow", 20) == ""


def test_one_that_never_answers_is_given_up(ground: Ground) -> None:
    begun = time.monotonic()
    said = Ssh(ground.ssh_config, threading.Event()).knock("gone", 1)
    assert said == "ssh: connect to host gone port 22: No route to host"
    assert time.monotonic() - begun < 5


def test_another_key_is_refused_at_once(ground: Ground) -> None:
    _said(ground, "Host key verification failed.")
    assert Ssh(ground.ssh_config, threading.Event()).knock("a", 60) == "Host key verification failed."
    assert (ground.directory / "connections").read_text() == "x\n"


def test_a_cancellation_ends_the_waiting(ground: Ground) -> None:
    cancelled = threading.Event()
    threading.Timer(0.5, cancelled.set).start()
    begun = time.monotonic()
    assert Ssh(ground.ssh_config, cancelled).knock("gone", 60) != ""
    assert time.monotonic() - begun < 10


def test_an_ssh_that_is_not_there_is_said(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(ground.directory))
    assert Ssh(ground.ssh_config, threading.Event()).knock("a", 0) == "ssh cannot be run: No such file or directory"


def test_sockets_of_nobody_are_no_trouble(ground: Ground) -> None:
    sockets = ground.directory / "cp"
    end_connections(sockets)
    sockets.mkdir()
    (sockets / "0123456789").touch()
    end_connections(sockets)
