"""The guard's protocol: what goes wrong is an answer, and lets nothing pass."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path
from typing import Any, cast

import pytest

from operations.errors import InputError, MachineError
from operations.guard.conversation import Conversation
from operations.guard.gatekeeper import Gatekeeper
from operations.guard.listening import GuardSocket, socket_directory
from operations.guard.protocol import GateAnswer, GateQuestion, Verdict
from operations.guard.session import JudgedTerritory
from planning.errors import ProgramFailed
from planning.values import UNKNOWN
from stacks import guard
from tests.unit.operations.guard.plans import BASTION, EVERYBODY, STACK, URN, inputs, judged


class Keeper:
    """Answers for one territory, or with an error."""

    def __init__(self, territory: JudgedTerritory | Exception) -> None:
        self.territory = territory

    def answer(self, question: GateQuestion) -> tuple[GateAnswer, JudgedTerritory]:
        if isinstance(self.territory, Exception):
            raise self.territory
        return GateAnswer(verdict=Verdict.OPEN, watched=self.territory.watched(question.stack)), self.territory


def talk(keeper: Keeper, *questions: dict[str, Any] | str) -> list[dict[str, Any]]:
    lines = [each if isinstance(each, str) else json.dumps(each) for each in questions]
    writing = io.BytesIO()
    reading = io.BytesIO("".join(f"{line}\n" for line in lines).encode())
    Conversation(cast("Gatekeeper", keeper)).serve(reading, writing)
    return [json.loads(line) for line in writing.getvalue().splitlines()]


GATE = {"kind": "gate", "protocol": 1, "stack": STACK, "project": "/nowhere", "dry_run": False, "config": {}}


def test_a_program_asks_for_itself_and_then_for_its_resources():
    begun, passed, stopped = talk(
        Keeper(judged(UNKNOWN)),
        GATE,
        {"kind": "operation", "urn": URN, "inputs": inputs(BASTION)},
        {"kind": "operation", "urn": URN, "inputs": inputs(EVERYBODY)},
    )
    assert begun == {"verdict": "open", "watched": {URN: ["NET-001"]}}
    assert passed == {"verdict": "open"}
    assert stopped["verdict"] == "closed"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("no json", "does not know"),
        ({**GATE, "protocol": 2}, "does not know"),
        ({**GATE, "more": 1}, "does not know"),
        ({"kind": "operation", "urn": URN, "inputs": {}}, "before the gate was"),
    ],
)
def test_what_the_guard_does_not_understand_lets_nothing_pass(question: dict[str, Any] | str, said: str):
    (answer,) = talk(Keeper(judged()), question)
    assert answer["verdict"] == "error"
    assert said in answer["message"]
    assert "remedy: " in answer["message"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InputError("no such territory", "name another"), "no such territory\n  remedy: name another"),
        (ProgramFailed("it raised", stack="a-stack", source="a.py:3"), "a-stack: a.py:3: it raised\n  remedy: "),
        (ZeroDivisionError("x"), "the gate itself failed: ZeroDivisionError"),
    ],
)
def test_a_guard_that_cannot_judge_says_why(error: Exception, said: str):
    (answer,) = talk(Keeper(error), GATE)
    assert (answer["verdict"], said in answer["message"]) == ("error", True)


def test_one_socket_serves_many_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with GuardSocket(cast("Gatekeeper", Keeper(judged(UNKNOWN))), "several") as served:
        assert stat.S_IMODE(served.path.parent.stat().st_mode) == 0o700
        for _ in range(2):
            program = guard.at_socket(served.path, named=True)
            assert list(program.ask(GATE)["watched"]) == [URN]
            with pytest.raises(guard.GateClosed, match="NET-001"):
                program.ask({"kind": "operation", "urn": URN, "inputs": inputs(EVERYBODY)})
    with pytest.raises(guard.GateClosed, match=r"cannot be asked at .*\n  remedy: unset METROPOLE_GUARD"):
        guard.at_socket(served.path, named=True)


def test_a_directory_that_others_may_enter_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    directory = socket_directory()
    directory.chmod(0o755)
    with pytest.raises(guard.GateClosed, match="open to others"):
        guard.at_socket(directory / "any.sock", named=True)
    with pytest.raises(MachineError):
        socket_directory()
