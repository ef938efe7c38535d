"""What a program tells its guard, and what it makes of the answer."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pulumi.runtime import rpc

from planning import wire
from planning.offline import PLANNING_VARIABLE
from stacks import guard


def test_the_planner_and_the_programs_call_it_alike():
    assert guard.PLANNING_VARIABLE == PLANNING_VARIABLE


def test_a_program_that_is_being_planned_asks_nobody(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(guard.PLANNING_VARIABLE, "1")
    monkeypatch.setattr(guard.subprocess, "Popen", None)
    guard.stop_unless_the_gate_is_open()


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        ("correct horse", guard.HIDDEN),
        ('{"lac": "correct horse", "pessac": {"key": ""}}', '{"lac": "hidden", "pessac": {"key": ""}}'),
        ('["correct horse", 7, null, true]', '["hidden", "hidden", null, "hidden"]'),
        ("1234", guard.HIDDEN),
    ],
)
def test_no_secret_leaves_the_program(secret: str, told: str):
    assert guard.hidden_secret(secret) == told


def test_inputs_leave_without_their_secrets():
    inputs = {"a": [wire.secret("correct horse")], "b": {"c": wire.UNKNOWN}}
    told = guard.without_secrets(inputs)
    assert told == {"a": [wire.secret(None)], "b": {"c": rpc.UNKNOWN}}
    assert "horse" not in json.dumps(told)


@pytest.mark.parametrize("line", [b"", b"no json\n", b"[]\n", b"{}\n"])
def test_a_guard_that_does_not_answer_stops_the_program(line: bytes):
    with pytest.raises(guard.GateClosed, match=r"did not answer.*\n  remedy: "):
        guard.Guard(io.BytesIO(line), io.BytesIO()).ask({})


@pytest.mark.parametrize("verdict", ["closed", "error", "anything"])
def test_only_open_is_open(verdict: str):
    line = json.dumps({"verdict": verdict, "message": "why"}).encode()
    with pytest.raises(guard.GateClosed, match="why"):
        guard.Guard(io.BytesIO(line), io.BytesIO()).ask({})


def test_program_and_pack_of_one_engine_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    program = guard.pack_socket(["python", "exec", "--monitor", "127.0.0.1:1", "--engine", "127.0.0.1:4711", "x"])
    pack = guard.pack_socket(["python", "-u", "-m", "pulumi.policy", "127.0.0.1:4711", "/pack"])
    assert program == pack is not None
    assert guard.pack_socket(["python", "-m", "something"]) is None


def test_an_answer_comes_though_every_thread_of_the_program_waits_for_the_engine():
    answered = threading.Event()

    async def program() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        registering = loop.run_in_executor(None, answered.wait, 10)
        asked = guard.Guard(io.BytesIO(b'{"verdict": "open"}\n'), io.BytesIO())
        assert await asyncio.wait_for(asked.ask_meanwhile({}), 5) == {"verdict": "open"}
        answered.set()
        await registering

    asyncio.run(program())
