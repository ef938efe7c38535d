"""Hosts are asked side by side, each once; what one of them does is no other's affair."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from operations.hosts.verification.collect import COLLECTOR, Collected, collect
from tests.unit.operations.hosts.ground import Ground

FACTS = {"hostname": "any", "problems": {}}


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    made = Ground(tmp_path)
    monkeypatch.setenv("PATH", str(made.programs), prepend=":")
    return made


def asked(ground: Ground, *names: str, seconds: float = 20.0) -> dict[str, Collected]:
    return collect(names, ground.ssh_config, lambda _: None, seconds)


def test_one_round_trip_a_host(ground: Ground) -> None:
    for name in ("one", "two"):
        ground.answers(name, {**FACTS, "hostname": name})
    found = asked(ground, "two", "one")
    assert [(name, each.facts) for name, each in found.items()] == [
        ("two", {**FACTS, "hostname": "two"}),
        ("one", {**FACTS, "hostname": "one"}),
    ]
    assert len(ground.calls) == 2
    assert all("-F" in call and "ConnectTimeout=10" in call and "sudo" in call for call in ground.calls)
    assert (ground.hosts / "one.program").read_bytes() == COLLECTOR.read_bytes()


def test_who_cannot_be_asked_is_named_and_the_others_are_asked(ground: Ground) -> None:
    ground.answers("good", FACTS)
    ground.answers("garbage", "{\x00}")
    ground.answers("nothing", "[]")
    ground.fails("gone", "gone")
    ground.fails("hanging", "hangs")
    begun = time.monotonic()
    found = asked(ground, "gone", "good", "garbage", "nothing", "hanging", seconds=2)
    assert time.monotonic() - begun < 10
    assert found["good"].facts == FACTS
    assert {name: each.problem.split(":")[0] for name, each in found.items() if each.facts is None} == {
        "gone": "ssh",
        "garbage": "it answers garbage",
        "nothing": "it answers garbage",
        "hanging": "it did not answer within 2 s",
    }
    assert "No route to host" in found["gone"].problem


def test_an_interrupt_ends_what_was_begun(ground: Ground) -> None:
    ground.answers("good", FACTS)
    ground.fails("hanging", "hangs")

    def interrupted(_: Collected) -> None:
        raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        collect(["hanging", "good"], ground.ssh_config, interrupted, 60)
    assert time.monotonic() - begun < 10
